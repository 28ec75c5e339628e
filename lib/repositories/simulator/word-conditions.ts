// Puts conditions of policies into words.
import type { ComparedCondition } from '#lib/access/explain/schema.ts';

/** By the operator without quantifier. Others are named. */
const WORDS: Record<string, string> = {
  stringequals: 'is',
  stringnotequals: 'isn’t',
  stringequalsignorecase: 'is',
  stringnotequalsignorecase: 'isn’t',
  stringlike: 'matches',
  stringnotlike: 'doesn’t match',
  numericequals: 'is',
  numericnotequals: 'isn’t',
  numericlessthan: 'is less than',
  numericlessthanequals: 'is at most',
  numericgreaterthan: 'is more than',
  numericgreaterthanequals: 'is at least',
  dateequals: 'is',
  datenotequals: 'isn’t',
  datelessthan: 'is before',
  datelessthanequals: 'isn’t after',
  dategreaterthan: 'is after',
  dategreaterthanequals: 'isn’t before',
  bool: 'is',
  ipaddress: 'is in',
  notipaddress: 'isn’t in',
  arnequals: 'matches',
  arnlike: 'matches',
  arnnotequals: 'doesn’t match',
  arnnotlike: 'doesn’t match',
};

const SHOWN_VALUES = 5;

export function wordConditions(conditions: readonly ComparedCondition[]): string {
  return conditions.map(wordCondition).join(' and ');
}

function wordCondition({ operator, key, wanted }: ComparedCondition): string {
  if (operator.toLowerCase() === 'null') return wanted.includes('true') ? `${key} is missing` : `${key} is present`;
  const verb = WORDS[operator.toLowerCase().replace(/ifexists$/, '')] ?? `satisfies ${operator}`;
  return `${key} ${verb} ${listValues(wanted)}`;
}

/** Names the values that the conditions compared, for example `aws:SourceIp is 198.51.100.1`. */
export function wordGiven(conditions: readonly ComparedCondition[]): string {
  const given = new Map(conditions.map((condition) => [condition.key, condition.given]));
  return [...given]
    .map(([key, values]) => (values.length === 0 ? `${key} is missing` : `${key} is ${listValues(values)}`))
    .join(', ');
}

function listValues(values: readonly string[]): string {
  const shown = values.slice(0, SHOWN_VALUES);
  const more = values.length - shown.length;
  return more > 0 ? `${shown.join(', ')} or ${more} more` : shown.join(' or ');
}

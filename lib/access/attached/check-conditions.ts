import { parseNetwork } from '#lib/platform/net/public-address.ts';
import type { Statement } from '../policy-document.ts';
import { findOperator } from '../condition-operators.ts';
import { SESSION_CLAIMS } from '../trust/session-claims.ts';
import type { StatementFinding } from './schema.ts';

/** The keys that requests have, in lowercase. */
const KEYS: ReadonlySet<string> = new Set([
  ...(['aws:currenttime', 'aws:epochtime', 'aws:securetransport', 'aws:requestedregion', 'aws:sourceip'] as const),
  ...(['aws:useragent', 'aws:principaltype', 'aws:principalarn', 'aws:principalaccount', 'aws:userid'] as const),
  ...(['aws:username', 'vitrine:repositoryname', 'vitrine:visibility', 'vitrine:ismember'] as const),
  ...(['aws:tokenissuetime', 'aws:tagkeys'] as const),
  ...(['vitrine:imagetag', 'vitrine:imagedigest', 'vitrine:credentialtype'] as const),
  ...SESSION_CLAIMS.map((name) => `vitrine:claim/${name.toLowerCase()}`),
]);

/** Whatever follows is the key of a tag. */
const TAG_KEY = /^(?:aws:(?:principal|request)tag|(?:aws|ecr|ecr-public):resourcetag)\/./;

const isKey = (key: string) => KEYS.has(key) || TAG_KEY.test(key);

const IS_NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const IS_DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const IS_EPOCH = /^\d+(?:\.\d+)?$/;

type Kind = { name: string; isValue: (text: string) => boolean; example: string };

// prettier-ignore
const KINDS: Record<string, Kind> = {
  ip:      { name: 'an IP address or network', isValue: (text) => parseNetwork(text) !== null, example: '203.0.113.0/24' },
  date:    { name: 'a date', isValue: (text) => IS_EPOCH.test(text) || (IS_DATE.test(text) && !Number.isNaN(Date.parse(text))), example: '2030-01-31T09:00:00Z' },
  numeric: { name: 'a number', isValue: (text) => IS_NUMBER.test(text), example: '10' },
  bool:    { name: 'true or false', isValue: (text) => /^(?:true|false)$/i.test(text), example: 'true' },
};

type Condition = { operator: string; base: string; key: string; values: string[] };

/** Names values that no request can have, and keys that no request has. */
export function checkConditions(statement: Statement): StatementFinding[] {
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]): Condition => ({ operator, base: baseOf(operator), key, values })),
  );
  return [...conditions.flatMap(checkCondition), ...findContradictions(conditions)];
}

/** `DateLessThan` of `ForAnyValue:DateLessThanIfExists`, in lowercase. */
function baseOf(operator: string): string {
  return operator
    .toLowerCase()
    .replace(/^for(?:any|all)values?:/, '')
    .replace(/ifexists$/, '');
}

function kindOf(base: string): Kind | null {
  if (base.endsWith('ipaddress')) return KINDS.ip ?? null;
  if (base.startsWith('date')) return KINDS.date ?? null;
  if (base.startsWith('numeric')) return KINDS.numeric ?? null;
  return base === 'bool' || base === 'null' ? (KINDS.bool ?? null) : null;
}

function checkCondition({ operator, base, key, values }: Condition): StatementFinding[] {
  if (!findOperator(operator)) return [];
  const path = ['Condition', operator, key];
  const kind = kindOf(base);
  const wrong = values.flatMap((text, index): StatementFinding[] => {
    if (!kind || kind.isValue(text)) return [];
    const message = `"${text}" isn't ${kind.name}, such as ${kind.example}. The condition could never hold.`;
    return [{ severity: 'error', path: [...path, index], message }];
  });
  if (isKey(key.toLowerCase())) return wrong;
  const message = `Requests to this site don't have the key ${key}.`;
  return [...wrong, { severity: 'warning', path, message }];
}

const toTime = (text: string) => (IS_EPOCH.test(text) ? Number(text) * 1000 : Date.parse(text));
const RANGES = { date: toTime, numeric: Number } as const;

/** Finds a lower limit above an upper one, for a key without several values. */
function findContradictions(conditions: Condition[]): StatementFinding[] {
  return (Object.keys(RANGES) as (keyof typeof RANGES)[]).flatMap((family) => {
    const limits = (side: string) => conditions.filter(({ base }) => base.startsWith(`${family}${side}`));
    const toNumber = RANGES[family];
    return limits('greaterthan').flatMap(({ key, operator, values }): StatementFinding[] => {
      const lowest = Math.min(...values.map(toNumber));
      const upper = limits('lessthan').filter((limit) => limit.key.toLowerCase() === key.toLowerCase());
      if (!upper.some((limit) => Math.max(...limit.values.map(toNumber)) < lowest)) return [];
      const message = `No value of ${key} is both above this and below the upper limit. The condition can never hold.`;
      return [{ severity: 'error', path: ['Condition', operator, key], message }];
    });
  });
}

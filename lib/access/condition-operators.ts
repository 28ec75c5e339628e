// IAM's condition operators. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { createNetworkFilter, parseNetwork } from '#lib/platform/net/public-address.ts';
import { compileText, matchArn, matchTokens, toLiteral, type ContextValues } from './text-pattern.ts';

/** Whether a value in the request matches a value in the policy. */
type Fits = (value: string, context: ContextValues) => boolean;
type Operator = {
  isNegated: boolean;
  compile: (wanted: string, options: { hasVariables: boolean }) => CompiledValue;
};
/** `isResolved` is false if a policy variable has no value. The whole statement doesn't match then. */
export type CompiledValue = { fits: Fits; isResolved: (context: ContextValues) => boolean };

const always = () => true;
const literal = (fits: (value: string) => boolean): CompiledValue => ({ fits, isResolved: always });

function text(fold: (value: string) => string, isLike: boolean): Operator['compile'] {
  return (wanted, options) => {
    const pattern = compileText(wanted, options);
    return {
      isResolved: (context) => pattern.resolve(context) !== null,
      fits: (value, context) => {
        const tokens = pattern.resolve(context);
        if (!tokens) return false;
        return isLike ? matchTokens(tokens, value) : fold(toLiteral(tokens)) === fold(value);
      },
    };
  };
}

const arn: Operator['compile'] = (wanted, options) => {
  const pattern = compileText(wanted, options);
  return {
    isResolved: (context) => pattern.resolve(context) !== null,
    fits: (value, context) => {
      const tokens = pattern.resolve(context);
      return tokens !== null && matchArn(tokens, value);
    },
  };
};

function ordered(parse: (value: string) => number, compare: (value: number, wanted: number) => boolean) {
  return (wantedText: string): CompiledValue => {
    const wanted = parse(wantedText);
    return literal((value) => compare(parse(value), wanted));
  };
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const parseNumber = (value: string) => (NUMBER.test(value.trim()) ? Number(value) : NaN);
const EPOCH_SECONDS = /^\d+(?:\.\d+)?$/;
/** Parses ISO 8601 or epoch seconds to milliseconds. */
const parseDate = (value: string) => (EPOCH_SECONDS.test(value) ? Number(value) * 1000 : Date.parse(value));

const isEqual = (value: number, wanted: number) => value === wanted;
const isLess = (value: number, wanted: number) => value < wanted;
const isAtMost = (value: number, wanted: number) => value <= wanted;
const isGreater = (value: number, wanted: number) => value > wanted;
const isAtLeast = (value: number, wanted: number) => value >= wanted;

const exact = (value: string) => value;
const lower = (value: string) => value.toLowerCase();

const bool: Operator['compile'] = (wanted) => literal((value) => lower(value) === lower(wanted));
const binary: Operator['compile'] = (wanted) => literal((value) => value === wanted);
/** IPv4-mapped IPv6 addresses are normalised before they reach the request context. */
const ip: Operator['compile'] = (wanted) => literal(parseNetwork(wanted) ? createNetworkFilter([wanted]) : () => false);

function both(name: string, negatedName: string, compile: Operator['compile']): [string, Operator][] {
  return [
    [name.toLowerCase(), { isNegated: false, compile }],
    [negatedName.toLowerCase(), { isNegated: true, compile }],
  ];
}

function orderedFamily(prefix: string, parse: (value: string) => number): [string, Operator][] {
  const one = (suffix: string, compare: typeof isEqual): [string, Operator] => [
    `${prefix}${suffix}`.toLowerCase(),
    { isNegated: false, compile: ordered(parse, compare) },
  ];
  return [
    ...both(`${prefix}Equals`, `${prefix}NotEquals`, ordered(parse, isEqual)),
    one('LessThan', isLess),
    one('LessThanEquals', isAtMost),
    one('GreaterThan', isGreater),
    one('GreaterThanEquals', isAtLeast),
  ];
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...both('StringEquals', 'StringNotEquals', text(exact, false)),
  ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', text(lower, false)),
  ...both('StringLike', 'StringNotLike', text(exact, true)),
  ...orderedFamily('Numeric', parseNumber),
  ...orderedFamily('Date', parseDate),
  ['bool', { isNegated: false, compile: bool }],
  ['binaryequals', { isNegated: false, compile: binary }],
  ...both('IpAddress', 'NotIpAddress', ip),
  ...both('ArnEquals', 'ArnNotEquals', arn),
  ...both('ArnLike', 'ArnNotLike', arn),
]);

export type ConditionOperator =
  | { kind: 'null' }
  | {
      kind: 'compare';
      operator: Operator;
      /** `ForAnyValue`, `ForAllValues`, or no set qualifier. */
      quantifier: 'any' | 'all' | null;
      ifExists: boolean;
    };

const NAME = /^(?:for(anyvalue|allvalues):)?(.+?)(ifexists)?$/;

/** Finds an operator by name, such as `ForAllValues:StringLike` or `BoolIfExists`. Names are case-insensitive. */
export function findOperator(name: string): ConditionOperator | null {
  const [, quantifier, base = '', ifExists] = NAME.exec(name.toLowerCase()) ?? [];
  if (base === 'null') return quantifier || ifExists ? null : { kind: 'null' };
  const operator = OPERATORS.get(base);
  if (!operator) return null;
  return {
    kind: 'compare',
    operator,
    quantifier: quantifier === 'anyvalue' ? 'any' : quantifier === 'allvalues' ? 'all' : null,
    ifExists: ifExists !== undefined,
  };
}

export function isOperator(name: string): boolean {
  return findOperator(name) !== null;
}

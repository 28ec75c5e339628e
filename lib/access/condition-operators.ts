// IAM's condition operators. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { createNetworkFilter, parseNetwork, type Network } from '#lib/platform/net/public-address.ts';
import { compileText, matchArn, matchGlob, toLiteral, type ContextValues, type Glob } from './text-pattern.ts';

/** Whether a value in the request matches a value in the policy. */
export type Fits = (value: string) => boolean;
type Operator = {
  isNegated: boolean;
  compile: (wanted: string, options: { hasVariables: boolean }) => CompiledValue;
};
/** A value with variables resolves to null if one of them has no value. The whole statement doesn't match then. */
export type CompiledValue = Fits | { resolve: (context: ContextValues) => Fits | null };

const literal = (fits: Fits): CompiledValue => fits;

/** @param toFits compares with a pattern whose variables are filled in */
function patternOf(toFits: (glob: Glob) => Fits): Operator['compile'] {
  return (wanted, { hasVariables }) => {
    const pattern = compileText(wanted, { hasVariables });
    const glob = hasVariables && wanted.includes('${') ? null : pattern.resolve({});
    if (glob) return toFits(glob);
    return {
      resolve: (context) => {
        const resolved = pattern.resolve(context);
        return resolved && toFits(resolved);
      },
    };
  };
}

function text(fold: (value: string) => string): Operator['compile'] {
  return patternOf((glob) => {
    const wanted = fold(toLiteral(glob));
    return (value) => fold(value) === wanted;
  });
}

const like = patternOf((glob) => (value) => matchGlob(glob, value));
const arn = patternOf((glob) => (value) => matchArn(glob, value));

type Compare = <Value extends number | string>(value: Value, wanted: Value) => boolean;

function orderedNumbers(compare: Compare) {
  return (wantedText: string): CompiledValue => {
    const wanted = parseNumber(wantedText);
    return literal((value) => compare(parseNumber(value), wanted));
  };
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const parseNumber = (value: string) => (NUMBER.test(value.trim()) ? Number(value) : NaN);
const EPOCH_SECONDS = /^\d+(?:\.\d+)?$/;
/** Parses ISO 8601 or epoch seconds to milliseconds. */
const parseDate = (value: string) => (EPOCH_SECONDS.test(value) ? Number(value) * 1000 : Date.parse(value));

const isEqual: Compare = (value, wanted) => value === wanted;
const isLess: Compare = (value, wanted) => value < wanted;
const isAtMost: Compare = (value, wanted) => value <= wanted;
const isGreater: Compare = (value, wanted) => value > wanted;
const isAtLeast: Compare = (value, wanted) => value >= wanted;

/** The current time is spelled like this, so that it compares without being parsed. Warm pulls ask for each statement. */
const ISO_LENGTH = '2026-01-01T00:00:00.000Z'.length;
const isIso = (text: string) => text.length === ISO_LENGTH && text[4] === '-' && text[10] === 'T' && text.endsWith('Z');

function orderedDates(compare: Compare) {
  return (wantedText: string): CompiledValue => {
    const wanted = parseDate(wantedText);
    const iso = Math.abs(wanted) <= MAX_TIME ? new Date(wanted).toISOString() : '';
    const isComparable = isIso(iso);
    return literal((value) => (isComparable && isIso(value) ? compare(value, iso) : compare(parseDate(value), wanted)));
  };
}
/** The range of Date, in milliseconds. */
const MAX_TIME = 8.64e15;

const exact = (value: string) => value;
const lower = (value: string) => value.toLowerCase();

/** Reads an IPv4 address, which isIP has accepted, as a number. Much faster than a BlockList, for each pull asks. */
function toNumber(address: string): number {
  let [number, part] = [0, 0];
  for (let at = 0; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      number = number * 256 + part;
      part = 0;
    } else part = part * 10 + code - ZERO;
  }
  return number * 256 + part;
}
const [DOT, ZERO] = [0x2e, 0x30];

function compileIPv4({ address, prefix }: Network): (value: string) => boolean {
  const size = 2 ** (32 - prefix);
  const first = Math.floor(toNumber(address) / size);
  const isInside = (value: string) => IPV4.test(value) && Math.floor(toNumber(value) / size) === first;
  // One client sends many requests.
  let last = { value: '', isInside: false };
  return (value) => {
    if (last.value !== value) last = { value, isInside: isInside(value) };
    return last.isInside;
  };
}
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const bool: Operator['compile'] = (wanted) => literal((value) => lower(value) === lower(wanted));
const binary: Operator['compile'] = (wanted) => literal((value) => value === wanted);
/** IPv4-mapped IPv6 addresses are normalised before they reach the request context. */
const ip: Operator['compile'] = (wanted) => {
  const network = parseNetwork(wanted);
  if (!network) return literal(() => false);
  return literal(network.family === 'ipv4' ? compileIPv4(network) : createNetworkFilter([wanted]));
};

function both(name: string, negatedName: string, compile: Operator['compile']): [string, Operator][] {
  return [
    [name.toLowerCase(), { isNegated: false, compile }],
    [negatedName.toLowerCase(), { isNegated: true, compile }],
  ];
}

type ComparisonOf = (compare: Compare) => (wanted: string) => CompiledValue;

function orderedFamily(prefix: string, compile: ComparisonOf): [string, Operator][] {
  const one = (suffix: string, compare: Compare): [string, Operator] => [
    `${prefix}${suffix}`.toLowerCase(),
    { isNegated: false, compile: compile(compare) },
  ];
  return [
    ...both(`${prefix}Equals`, `${prefix}NotEquals`, compile(isEqual)),
    one('LessThan', isLess),
    one('LessThanEquals', isAtMost),
    one('GreaterThan', isGreater),
    one('GreaterThanEquals', isAtLeast),
  ];
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...both('StringEquals', 'StringNotEquals', text(exact)),
  ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', text(lower)),
  ...both('StringLike', 'StringNotLike', like),
  ...orderedFamily('Numeric', orderedNumbers),
  ...orderedFamily('Date', orderedDates),
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

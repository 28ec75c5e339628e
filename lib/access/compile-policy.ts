// Compiles policies into predicates, so that evaluating a request is cheap.
import { findOperator, type CompiledValue, type ConditionOperator, type Fits } from './condition-operators.ts';
import type { PolicyDocument, PrincipalElement, Statement } from './policy-document.ts';
import { compileText, hasWildcards, matchGlob, matchResource, type ContextValues } from './text-pattern.ts';

export type AccessRequest = {
  /** For example `ecr:BatchGetImage`. */
  action: string;
  /** An ARN; `*` for actions without a resource. */
  resource: string;
  context: ContextValues;
};

export type CompiledStatement = {
  /** The Sid, or the statement's position in the policy. */
  name: string;
  effect: Statement['Effect'];
  /** Null in an identity policy, which applies to the principal it is attached to. */
  principals: { isNegated: boolean; names: ReadonlySet<string> } | null;
  coversAction: (action: string) => boolean;
  conditions: readonly CompiledCondition[];
  /** Whether resource and conditions match. */
  appliesTo: (request: AccessRequest) => boolean;
  /** Whether action, resource and conditions match. */
  matches: (request: AccessRequest) => boolean;
};

/** One key of a Condition element. */
export type CompiledCondition = {
  operator: string;
  key: string;
  /** As the policy spells them. */
  wanted: readonly string[];
  holds: (context: ContextValues) => boolean;
};

export type CompiledPolicy = { name: string; statements: CompiledStatement[] };

export function compilePolicy(name: string, { Version, Statement: statements }: PolicyDocument): CompiledPolicy {
  const hasVariables = Version === '2012-10-17';
  return { name, statements: statements.map((statement, index) => compileStatement(statement, index, hasVariables)) };
}

function compileStatement(statement: Statement, index: number, hasVariables: boolean): CompiledStatement {
  const coversAction = compileActions(statement);
  const matchesResource = compileResources(statement, hasVariables);
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]): CompiledCondition => {
      const holds = compileCondition({ operator, key, values: wanted, hasVariables });
      return { operator, key, wanted, holds };
    }),
  );
  const appliesTo = (request: AccessRequest) => {
    if (!matchesResource(request)) return false;
    for (const condition of conditions) if (!condition.holds(request.context)) return false;
    return true;
  };
  return {
    name: statement.Sid ?? `statement ${index + 1}`,
    effect: statement.Effect,
    principals: compilePrincipals(statement),
    coversAction,
    conditions,
    appliesTo,
    matches: (request) => coversAction(request.action) && appliesTo(request),
  };
}

function compileActions({ Action, NotAction }: Statement): (action: string) => boolean {
  const texts = (Action ?? NotAction ?? []).map((text) => text.toLowerCase());
  const names = new Set(texts.filter((text) => !hasWildcards(text)));
  const patterns = texts
    .filter(hasWildcards)
    .map((text) => compileText(text, { hasVariables: false }).resolve({}))
    .filter((glob) => glob !== null);
  const isNegated = Action === undefined;
  return (action) => {
    const lower = action.toLowerCase();
    return (names.has(lower) || patterns.some((glob) => matchGlob(glob, lower))) !== isNegated;
  };
}

function compileResources(statement: Statement, hasVariables: boolean): (request: AccessRequest) => boolean {
  const { Resource, NotResource } = statement;
  const texts = Resource ?? NotResource;
  // A resource policy without Resource covers the resource it is attached to.
  if (!texts || (Resource && texts.includes('*'))) return () => true;
  const patterns = texts.map((text) => compileText(text, { hasVariables }));
  const isNegated = Resource === undefined;
  return ({ resource, context }) => {
    const resolved = patterns.map((pattern) => pattern.resolve(context));
    if (isNegated && resolved.includes(null)) return false;
    return resolved.some((glob) => glob !== null && matchResource(glob, resource)) !== isNegated;
  };
}

function compilePrincipals({ Principal, NotPrincipal }: Statement): CompiledStatement['principals'] {
  const element = Principal ?? NotPrincipal;
  if (!element) return null;
  return { isNegated: Principal === undefined, names: new Set(listPrincipals(element)) };
}

const ACCOUNT_ID = /^\d{12}$/;

/** Expands a bare account id to the account's root ARN. Ignores Service principals, which never call Vitrine. */
function listPrincipals({ AWS = [], Federated = [] }: PrincipalElement): string[] {
  return [...AWS.map((name) => (ACCOUNT_ID.test(name) ? `arn:aws:iam::${name}:root` : name)), ...Federated];
}

type ConditionEntry = { operator: string; key: string; values: string[]; hasVariables: boolean };

/** @throws Error for an unknown operator */
export function compileCondition({
  operator,
  key,
  values,
  hasVariables,
}: ConditionEntry): (context: ContextValues) => boolean {
  const found = findOperator(operator);
  if (!found) throw new Error(`${operator} is not a condition operator`);
  const name = key.toLowerCase();
  if (found.kind === 'null') {
    return (context) => values.some((value) => (value.toLowerCase() === 'true') === (context[name] === undefined));
  }
  const wanted = values.map((value) => found.operator.compile(value, { hasVariables }));
  const constants = wanted.every((value) => typeof value === 'function') ? wanted : null;
  const { operator: comparison, quantifier } = found;
  return (context) => {
    const value = context[name];
    // The usual case, without allocations, because each warm pull under a policy comes here many times.
    if (constants && typeof value === 'string' && quantifier === null) {
      return fitsAny(constants, value) !== comparison.isNegated;
    }
    const fits = constants ?? resolveAll(wanted, context);
    return fits !== null && compare(found, fits, value);
  };
}

function fitsAny(wanted: readonly Fits[], value: string): boolean {
  for (const fits of wanted) if (fits(value)) return true;
  return false;
}

/** Null if a variable has no value. */
function resolveAll(wanted: readonly CompiledValue[], context: ContextValues): Fits[] | null {
  const resolved: Fits[] = [];
  for (const value of wanted) {
    const fits = typeof value === 'function' ? value : value.resolve(context);
    if (fits === null) return null;
    resolved.push(fits);
  }
  return resolved;
}

function compare(
  { operator: { isNegated }, quantifier, ifExists }: Extract<ConditionOperator, { kind: 'compare' }>,
  wanted: readonly Fits[],
  value: string | readonly string[] | undefined,
): boolean {
  const holds = (one: string) => fitsAny(wanted, one) !== isNegated;
  const list = value === undefined ? [] : typeof value === 'string' ? [value] : value;
  if (quantifier === 'any') return list.some(holds);
  if (quantifier === 'all') return list.every(holds);
  if (list.length === 0) return isNegated || ifExists;
  // AWS doesn't define how an operator without a set qualifier treats multiple values.
  return isNegated ? list.every(holds) : list.some(holds);
}

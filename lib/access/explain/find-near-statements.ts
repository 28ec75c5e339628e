// The statements that nearly decided otherwise.
import type { CompiledPolicy, CompiledStatement } from '../compile-policy.ts';
import { findConcern, type Decision, type Evaluated, type Grant } from '../evaluate.ts';
import type { ComparedCondition, NearStatement } from './schema.ts';

const MAX_NEAR = 20;

type Explained = {
  /** The evaluation that decided. */
  request: Evaluated;
  decision: Decision;
  /** Policies with their statements about all actions, by name. */
  wholePolicies: readonly CompiledPolicy[];
};

export function findNearStatements({ request, decision, wholePolicies }: Explained): NearStatement[] {
  const { policies } = request;
  // Those of another account are its own business.
  const identity = isOwnAccount(request) ? policies.identity : [];
  const applied = [...identity, ...policies.resource].flatMap((policy) =>
    policy.statements.flatMap((statement) => judge(policy, statement, { request, decision })),
  );
  const isUndecided = decision.outcome === 'deny' && decision.because === null;
  const others = isUndecided ? wholePolicies.flatMap((policy) => findOtherActions(policy, request)) : [];
  return [...applied, ...others].slice(0, MAX_NEAR);
}

type Judged = Pick<Explained, 'request' | 'decision'>;

function judge(policy: CompiledPolicy, statement: CompiledStatement, { request, decision }: Judged): NearStatement[] {
  const concern = concernOf(statement, request);
  const { outcome, because } = decision;
  const isDecisive = because?.policy === policy.name && because.statement === statement.name;
  if (!concern || isDecisive || !statement.coversAction(request.action)) return [];
  const wouldChange = (statement.effect === 'Deny') === (outcome === 'allow');
  if (!statement.appliesTo(request)) {
    const failed = failedConditions(statement, request);
    const why = failed.length > 0 ? 'condition' : 'resource';
    return wouldChange ? [near(policy, statement, { why, failed })] : [];
  }
  if (outcome === 'allow') return [];
  if (statement.effect === 'Deny') return [near(policy, statement, { why: 'denial' })];
  return [near(policy, statement, { why: because ? 'overruled' : 'delegation' })];
}

/** Statements that allow the same principal something else. */
function findOtherActions(policy: CompiledPolicy, request: Evaluated): NearStatement[] {
  return (
    policy.statements
      .filter((statement) => statement.effect === 'Allow' && !statement.coversAction(request.action))
      .filter((statement) => isGranting(concernOf(statement, request), request))
      .map((statement) => ({ statement, failed: failedConditions(statement, request) }))
      // Otherwise its Resource doesn't match, so that one more action would change nothing.
      .filter(({ statement, failed }) => failed.length > 0 || statement.appliesTo(request))
      .map(({ statement, failed }) => near(policy, statement, { why: 'action', failed }))
  );
}

/** Within its own account, a statement that names the account grants nothing by itself. */
function isGranting(concern: Grant | null, request: Evaluated): boolean {
  return concern === 'account' ? !isOwnAccount(request) : concern !== null;
}

function isOwnAccount({ principal, resourceAccount }: Evaluated): boolean {
  return 'account' in principal && principal.account === resourceAccount;
}

function concernOf(statement: CompiledStatement, { principal }: Evaluated): Grant | null {
  return statement.principals ? findConcern(statement, principal) : 'direct';
}

function near(
  { name }: CompiledPolicy,
  statement: CompiledStatement,
  { why, failed = [] }: { why: NearStatement['why']; failed?: ComparedCondition[] },
): NearStatement {
  return { policy: name, statement: statement.name, effect: statement.effect, why, failed };
}

function failedConditions({ conditions }: CompiledStatement, { context }: Evaluated): ComparedCondition[] {
  return conditions.filter(({ holds }) => !holds(context)).map((condition) => withGiven(condition, context));
}

/** The conditions of the statement that decided, all of which hold. */
export function findHeldConditions({ request, decision: { because } }: Judged): ComparedCondition[] {
  const { identity, resource } = request.policies;
  const statement = [...resource, ...identity]
    .find(({ name }) => name === because?.policy)
    ?.statements.find(({ name }) => name === because?.statement);
  return statement?.conditions.map((condition) => withGiven(condition, request.context)) ?? [];
}

type Named = Omit<ComparedCondition, 'given' | 'wanted'> & { wanted: readonly string[] };

function withGiven({ operator, key, wanted }: Named, context: Evaluated['context']): ComparedCondition {
  const value = context[key.toLowerCase()];
  return { operator, key, wanted: [...wanted], given: value === undefined ? [] : [value].flat() };
}

// Pure policy evaluation in IAM's order: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import type { AccessRequest, CompiledPolicy, CompiledStatement } from './compile-policy.ts';

/** The requester, identified as in policies. */
export type PolicyPrincipal =
  | { kind: 'anonymous' }
  | { kind: 'root'; account: string }
  | { kind: 'user'; account: string; arn: string }
  | { kind: 'session'; account: string; arn: string; roleArn: string }
  /** Somebody with a token of an identity provider, whose ARN it is. Only trust policies decide about them. */
  | { kind: 'federated'; arn: string };

export type PolicySet = {
  /** Attached to the principal. */
  identity: readonly CompiledPolicy[];
  /** The permissions boundary; null if unlimited. */
  boundary: CompiledPolicy | null;
  /** The session policy; null if the session isn't restricted. */
  session: CompiledPolicy | null;
  /** Attached to the repository and its registry. */
  resource: readonly CompiledPolicy[];
};

export type Evaluated = AccessRequest & {
  principal: PolicyPrincipal;
  /** The account that owns the resource. */
  resourceAccount: string;
  policies: PolicySet;
};

/** The statement behind a decision. */
export type DecisionReason = { policy: string; statement: string };

export type Decision =
  | { outcome: 'allow'; because: DecisionReason | null }
  /** `because` is null for an implicit deny. */
  | { outcome: 'deny'; because: DecisionReason | null };

/**
 * How a resource policy names a principal. `direct`: by its own ARN or `*`.
 * `account`: by the account's root, which only delegates to identity policies.
 */
export type Grant = 'direct' | 'role' | 'account';

export function evaluate(request: Evaluated): Decision {
  const { principal, policies, resourceAccount } = request;
  const names = namesOf(principal);
  const denial = findDenial(request, names);
  if (denial) return { outcome: 'deny', because: denial };

  const granted = findGrants(request, names);
  const direct = granted.get('direct') ?? null;
  if (principal.kind === 'anonymous' || principal.kind === 'federated') return toDecision(direct);

  const isOwn = principal.account === resourceAccount;
  if (isOwn && principal.kind === 'root') return { outcome: 'allow', because: null };
  if (isOwn && direct) return toDecision(direct);

  const isWithin = (policy: CompiledPolicy | null) => policy === null || findAllow([policy], request) !== null;
  if (!isWithin(policies.boundary) || !isWithin(policies.session)) return toDecision(null);
  const role = granted.get('role') ?? null;
  if (isOwn && role) return toDecision(role);

  const identity = principal.kind === 'root' ? ROOT : findAllow(policies.identity, request);
  if (isOwn) return toDecision(identity);
  const resourceSide = direct ?? role ?? granted.get('account') ?? null;
  return toDecision(identity && resourceSide);
}

/** An account's root user has all of its permissions. */
const ROOT: DecisionReason = { policy: 'root', statement: 'root' };

function toDecision(because: DecisionReason | null): Decision {
  return { outcome: because ? 'allow' : 'deny', because };
}

function findDenial(request: Evaluated, names: readonly Name[]): DecisionReason | null {
  const { identity, boundary, session, resource } = request.policies;
  const own = [...identity, ...[boundary, session].filter((policy) => policy !== null)];
  const denies = (statement: CompiledStatement) => statement.effect === 'Deny' && statement.matches(request);
  return (
    findStatement(own, denies) ??
    findStatement(
      resource,
      (statement) => statement.effect === 'Deny' && isAbout(statement, names) && statement.matches(request),
    )
  );
}

function findAllow(policies: readonly CompiledPolicy[], request: Evaluated): DecisionReason | null {
  return findStatement(policies, (statement) => statement.effect === 'Allow' && statement.matches(request));
}

function findGrants(request: Evaluated, names: readonly Name[]): Map<Grant, DecisionReason> {
  const grants = new Map<Grant, DecisionReason>();
  for (const policy of request.policies.resource) {
    for (const statement of policy.statements) {
      const grant = statement.effect === 'Allow' ? findGrant(statement, names) : null;
      if (!grant || grants.has(grant) || !statement.matches(request)) continue;
      grants.set(grant, { policy: policy.name, statement: statement.name });
    }
  }
  return grants;
}

function findStatement(
  policies: readonly CompiledPolicy[],
  matches: (statement: CompiledStatement) => boolean,
): DecisionReason | null {
  for (const policy of policies) {
    const found = policy.statements.find(matches);
    if (found) return { policy: policy.name, statement: found.name };
  }
  return null;
}

/** The strongest way in which a statement names the principal. */
function findGrant({ principals }: CompiledStatement, names: readonly Name[]): Grant | null {
  if (!principals || principals.isNegated) return null;
  for (const { text, grant } of names) if (principals.names.has(text)) return grant;
  return null;
}

/** How a statement of a resource policy concerns a principal. Null: not at all. */
export function findConcern(statement: CompiledStatement, principal: PolicyPrincipal): Grant | null {
  const names = namesOf(principal);
  if (statement.effect === 'Allow') return findGrant(statement, names);
  return isAbout(statement, names) ? 'direct' : null;
}

/**
 * A NotPrincipal exempts a principal only if it lists all of its names:
 * the user and its account, or the session, its role and its account.
 */
function isAbout({ principals }: CompiledStatement, names: readonly Name[]): boolean {
  if (!principals) return false;
  if (!principals.isNegated) {
    for (const { text } of names) if (principals.names.has(text)) return true;
    return false;
  }
  const isListed = ({ text }: Name) => principals.names.has(text);
  const isExempt = principals.names.has('*') || (names.length > 1 && names.slice(1).every(isListed));
  return !isExempt;
}

type Name = { text: string; grant: Grant };

/** The first name is `*`. The strongest ones come first. */
function namesOf(principal: PolicyPrincipal): [Name, ...Name[]] {
  const anyone: Name = { text: '*', grant: 'direct' };
  if (principal.kind === 'anonymous') return [anyone];
  if (principal.kind === 'federated') return [anyone, { text: principal.arn, grant: 'direct' }];
  const account: Name = { text: `arn:aws:iam::${principal.account}:root`, grant: 'account' };
  if (principal.kind === 'root') return [anyone, account];
  const own: Name = { text: principal.arn, grant: 'direct' };
  if (principal.kind === 'user') return [anyone, own, account];
  return [anyone, own, { text: principal.roleArn, grant: 'role' }, account];
}

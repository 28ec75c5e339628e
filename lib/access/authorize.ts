// Every access decision is made here.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { denialMessage, type Action } from './actions.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { ContextValues } from './text-pattern.ts';
import {
  evaluate,
  type DecisionReason,
  type Decision,
  type Evaluated,
  type PolicyPrincipal,
  type PolicySet,
} from './evaluate.ts';
import type { AccessQuestion } from './access-question.ts';
import { toContext } from './request-context.ts';
import { policyPrincipal, resourceName } from './resource-names.ts';
import { findMembership } from './find-membership.ts';
import { nameInPolicies, statementsAbout, type NamedAction } from './attached/policy-view.ts';
import { isForPeople, rolePolicies, policyOfCredential, PUBLIC_REPOSITORY } from './managed-policies.ts';
import { findAccount, SITE_ACCOUNT } from './attached/find-account.ts';
import { ANONYMOUS_CALLER, findUserId, type Membership, type UserPrincipal } from './schema.ts';

const NO_POLICIES: PolicySet = { identity: [], boundary: null, session: null, resource: [] };
const PUBLIC_POLICIES: PolicySet = { ...NO_POLICIES, resource: [PUBLIC_REPOSITORY] };
const MACHINE_REFUSAL = 'Robots and roles can’t do this. Use the account of a person.';
const SYSTEM_ALLOWED: DecisionReason = { policy: 'VitrineSystem', statement: 'everything' };

type Asked = { question: Omit<AccessQuestion, 'action'>; context: ContextValues; resourceAccount: string };

/** A class, because warm pulls make several, and objects with a getter of their own are slow to make. */
class PreparedRequest implements Evaluated {
  readonly action: Action;
  readonly principal: PolicyPrincipal;
  readonly policies: PolicySet;
  readonly context: ContextValues;
  readonly resourceAccount: string;
  readonly #question: Omit<AccessQuestion, 'action'>;

  constructor(action: Action, principal: PolicyPrincipal, policies: PolicySet, asked: Asked) {
    this.action = action;
    this.principal = principal;
    this.policies = policies;
    this.context = asked.context;
    this.resourceAccount = asked.resourceAccount;
    this.#question = asked.question;
  }

  /** Computed lazily: most policies only match `*`. */
  get resource(): string {
    return resourceOf(this.action, this.#question);
  }
}

/** Decides from data the caller has already loaded. */
export function decide({ action, ...question }: AccessQuestion): Decision {
  return prepare(question)(action);
}

/** Like isAllowed, for several actions of one question. */
export function allowedBy(question: Omit<AccessQuestion, 'action'>): (action: Action) => boolean {
  const decideOn = prepare(question);
  return (action) => decideOn(action).outcome === 'allow';
}

/** Returns the allowed actions. */
export function filterAllowed(question: Omit<AccessQuestion, 'action'>, actions: readonly Action[]): Action[] {
  return actions.filter(allowedBy(question));
}

/** Precomputed because every pull asks. */
const ANONYMOUS_PULL = { public: decidePull('public'), private: decidePull('private') };

/** Whether anonymous clients may pull from a repository of this visibility. */
export function isAnonymousPullAllowed({ visibility }: { visibility: 'public' | 'private' }): boolean {
  return ANONYMOUS_PULL[visibility];
}

function decidePull(visibility: 'public' | 'private'): boolean {
  return isAllowed({ ...ANONYMOUS_CALLER, action: 'ecr:BatchGetImage', facts: { visibility } });
}

function prepare(question: Omit<AccessQuestion, 'action'>): (action: Action) => Decision {
  const { principal, membership = null, facts = {} } = question;
  const judge = observed(question.onEvaluate);
  if (principal.kind === 'system') return () => ({ outcome: 'allow', because: SYSTEM_ALLOWED });
  const resourceAccount = membership?.registryId ?? SITE_ACCOUNT;
  const context = toContext(question);
  const request = (action: Action, who: PolicyPrincipal, policies: PolicySet): Evaluated =>
    new PreparedRequest(action, who, policies, { question, context, resourceAccount });
  // A credential can only narrow its user's permissions, never those of anonymous clients.
  const decideAnonymously = (action: Action) => judge(request(action, { kind: 'anonymous' }, PUBLIC_POLICIES));
  if (principal.kind === 'anonymous') return decideAnonymously;
  const isOutside = isOutsideOwnRegistry(principal, membership);
  const roles = isOutside ? [] : rolePolicies(principal, membership?.role ?? null);
  const attached = isOutside ? [] : (membership?.policies ?? []);
  const session = policyOfCredential(principal);
  const userOf = (account: string) => policyPrincipal(account, principal);
  // Site roles apply in every registry, so the principal is treated as a user of the resource's account.
  const decideByRoles = (action: Action) =>
    judge(request(action, userOf(resourceAccount), { ...NO_POLICIES, identity: roles, session }));
  const resourcePolicies = ({ isCreation, isOfRegistry }: NamedAction) => [
    ...(facts.policy && !isCreation ? [facts.policy] : []),
    ...(membership?.registryPolicy && isOfRegistry ? [membership.registryPolicy] : []),
  ];
  const decideByPolicies = (action: Action, asked: NamedAction): Decision => {
    // In IAM, a resource policy that names a user overrides session policies. Scopes of a credential always hold.
    if (session && judge(request(action, userOf(resourceAccount), only(session))).outcome === 'deny') return DENIED;
    const account = findAccount(principal, membership);
    const resource = statementsAbout(resourcePolicies(asked), asked);
    if (account?.registryId === resourceAccount) {
      const identity = [...roles, ...statementsAbout(attached, asked)];
      return judge(request(asked.named, userOf(resourceAccount), { ...NO_POLICIES, identity, resource }));
    }
    const asStaff = decideByRoles(action);
    if (asStaff.outcome === 'allow' || account === null) return asStaff;
    const identity = [...rolePolicies(principal, account.role), ...statementsAbout(account.policies ?? [], asked)];
    return judge(request(asked.named, userOf(account.registryId), { ...NO_POLICIES, identity, resource }));
  };
  return (action) => {
    const anonymousDecision = decideAnonymously(action);
    if (anonymousDecision.outcome === 'allow') return anonymousDecision;
    const isByPolicy = facts.policy || attached.length > 0 || membership?.registryPolicy;
    const asked = isByPolicy ? nameInPolicies(action, facts.visibility) : null;
    const decision = asked ? decideByPolicies(action, asked) : decideByRoles(action);
    const narrowing = principal.roleSession?.policy;
    if (!narrowing || decision.outcome === 'deny') return decision;
    // Who may pull an image may see its repository.
    const named = action === 'vitrine:ViewRepository' ? 'ecr:BatchGetImage' : action;
    return evaluate(request(named, userOf(resourceAccount), only(narrowing)));
  };
}

function observed(onEvaluate: AccessQuestion['onEvaluate']): typeof evaluate {
  if (!onEvaluate) return evaluate;
  return (request) => {
    const decision = evaluate(request);
    onEvaluate(request, decision);
    return decision;
  };
}

const DENIED: Decision = { outcome: 'deny', because: null };

function only(policy: CompiledPolicy): PolicySet {
  return { ...NO_POLICIES, identity: [policy] };
}

/** An access key and a robot act in their own registry only, whatever else the key's member may do. */
function isOutsideOwnRegistry({ accessKey, robot }: UserPrincipal, membership: Membership | null): boolean {
  if (robot && membership && robot.registryId !== membership.registryId) return true;
  return accessKey !== undefined && accessKey.registryId !== membership?.registryId;
}

function resourceOf(action: Action, { principal, context, membership, facts }: Omit<AccessQuestion, 'action'>): string {
  return resourceName(action, {
    region: context.site.region,
    registryId: membership?.registryId ?? null,
    fullName: facts?.fullName,
    visibility: facts?.visibility,
    alias: facts?.alias,
    userId: findUserId(principal) ?? undefined,
  });
}

export function isAllowed(question: AccessQuestion): boolean {
  return decide(question).outcome === 'allow';
}

/** @throws AppError `forbidden` with the action's message */
export function requireAllowed(question: AccessQuestion): void {
  if (isAllowed(question)) return;
  const { principal, action, facts } = question;
  const isMachine = principal.kind === 'user' && (principal.robot ?? principal.roleSession) !== undefined;
  const refusal = isMachine && isForPeople(action) ? MACHINE_REFUSAL : denialMessage(action, facts?.fullName);
  throw new AppError('forbidden', refusal, { cause: { deniedAction: action } });
}

/** Returns the action that requireAllowed refused, for the audit log. Null for other errors. */
export function findDeniedAction({ cause }: AppError): string | null {
  if (typeof cause !== 'object' || cause === null || !('deniedAction' in cause)) return null;
  return typeof cause.deniedAction === 'string' ? cause.deniedAction : null;
}

/**
 * Loads the principal's membership in the registry, then decides.
 * @throws AppError `forbidden` with the action's message
 */
export async function authorize(
  app: { db: DbOrTx },
  { registryKey, ...question }: Omit<AccessQuestion, 'membership'> & { registryKey: bigint },
): Promise<void> {
  const membership = await findMembership(app, { principal: question.principal, registryKey });
  requireAllowed({ ...question, membership });
}

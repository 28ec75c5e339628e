// The one place where a right is decided.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { refusalOf, type Action } from './actions.ts';
import {
  evaluate,
  type Because,
  type Decision,
  type Evaluated,
  type PolicyPrincipal,
  type PolicySet,
} from './evaluate.ts';
import type { AccessQuestion } from './access-question.ts';
import { toContext } from './request-context.ts';
import { resourceName, userName } from './resource-names.ts';
import { findMembership } from './find-membership.ts';
import { policiesOf, policyOfCredential, PUBLIC_REPOSITORY } from './managed-policies.ts';
import { ANONYMOUS_CALLER, findUserId } from './schema.ts';

/** Of what belongs to no registry. */
const SITE_ACCOUNT = '000000000000';
const NO_POLICIES: PolicySet = { identity: [], boundary: null, session: null, resource: [] };
const FOR_EVERYBODY: PolicySet = { ...NO_POLICIES, resource: [PUBLIC_REPOSITORY] };
const SYSTEM_MAY: Because = { policy: 'VitrineSystem', statement: 'everything' };

/** Decides on rows that were read already. */
export function decide({ action, ...question }: AccessQuestion): Decision {
  return prepare(question)(action);
}

/** Those of some actions that are allowed. */
export function filterAllowed(question: Omit<AccessQuestion, 'action'>, actions: readonly Action[]): Action[] {
  const decideOn = prepare(question);
  return actions.filter((action) => decideOn(action).outcome === 'allow');
}

/** The same of everybody's right to pull what is public. Each pull asks, so it is decided once. */
const ANYBODY_PULLS = { public: decidePull('public'), private: decidePull('private') };

export function mayAnybodyPull({ visibility }: { visibility: 'public' | 'private' }): boolean {
  return ANYBODY_PULLS[visibility];
}

function decidePull(visibility: 'public' | 'private'): boolean {
  return isAllowed({ ...ANONYMOUS_CALLER, action: 'ecr:BatchGetImage', facts: { visibility } });
}

function prepare(question: Omit<AccessQuestion, 'action'>): (action: Action) => Decision {
  const { principal, membership = null } = question;
  if (principal.kind === 'system') return () => ({ outcome: 'allow', because: SYSTEM_MAY });
  const resourceAccount = membership?.registryId ?? SITE_ACCOUNT;
  const context = toContext(question);
  const request = (action: Action, who: PolicyPrincipal, policies: PolicySet): Evaluated => ({
    action,
    principal: who,
    policies,
    context,
    resourceAccount,
    // Made once a policy names more than `*`.
    get resource() {
      return resourceOf(action, question);
    },
  });
  // A credential only takes away, and nothing of what is everybody's.
  const decideForEverybody = (action: Action) => evaluate(request(action, { kind: 'anonymous' }, FOR_EVERYBODY));
  if (principal.kind === 'anonymous') return decideForEverybody;
  const policies = {
    ...NO_POLICIES,
    identity: policiesOf(principal, membership?.role ?? null),
    session: policyOfCredential(principal),
  };
  // Roles on the site count in every registry, so whoever asks is a user of the one that is asked about.
  const who = { kind: 'user', account: resourceAccount, arn: userName(resourceAccount, principal.userId) } as const;
  return (action) => {
    const ofEverybody = decideForEverybody(action);
    if (ofEverybody.outcome === 'allow') return ofEverybody;
    return evaluate(request(action, who, policies));
  };
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

/** @throws AppError `forbidden` with the sentence of the action */
export function requireAllowed(question: AccessQuestion): void {
  if (!isAllowed(question)) throw new AppError('forbidden', refusalOf(question.action, question.facts?.fullName));
}

/**
 * Reads what the principal is in the registry, and decides.
 * @throws AppError `forbidden` with the sentence of the action
 */
export async function authorize(
  app: { db: DbOrTx },
  { registryKey, ...question }: Omit<AccessQuestion, 'membership'> & { registryKey: bigint },
): Promise<void> {
  const membership = await findMembership(app, { principal: question.principal, registryKey });
  requireAllowed({ ...question, membership });
}

// The one place where a right is decided.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { refusalOf, type Action } from './actions.ts';
import { evaluate, type Because, type Decision, type PolicySet } from './evaluate.ts';
import { findRole } from './find-role.ts';
import { policiesOf, policyOfCredential, PUBLIC_REPOSITORY } from './managed-policies.ts';
import { ANONYMOUS, type Principal, type RegistryRole, type RequestContext } from './schema.ts';
import type { ContextValues } from './text-pattern.ts';

/** What conditions ask about. Left out: it doesn't matter to the action. */
export type AccessFacts = {
  /** `ALIAS/NAME` as the client wrote it, which is what scopes are about. */
  fullName?: string;
  visibility?: 'public' | 'private';
  hasImage?: boolean;
  isQuarantined?: boolean;
  isDeletedByAdmin?: boolean;
  /** Of a change of a member's role; null: no member. */
  fromRole?: RegistryRole | null;
  toRole?: RegistryRole | null;
};

export type AccessQuestion = {
  principal: Principal;
  /** Left out: what no request asks. */
  context?: RequestContext;
  action: Action;
  /** The principal's role in the registry that is asked about, or owns what is. Left out: none, or it is about the site. */
  role?: RegistryRole | null;
  facts?: AccessFacts;
};

/** Of one account, as long as registries have no policies that name each other. */
const ACCOUNT = '000000000000';
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
  return isAllowed({ principal: ANONYMOUS, action: 'ecr:BatchGetImage', facts: { visibility } });
}

function prepare({ principal, role = null, facts = {} }: Omit<AccessQuestion, 'action'>): (action: Action) => Decision {
  if (principal.kind === 'system') return () => ({ outcome: 'allow', because: SYSTEM_MAY });
  const asked = { resource: '*', resourceAccount: ACCOUNT, context: toContext(role, facts) };
  // A credential only takes away, and nothing of what is everybody's.
  const decideForEverybody = (action: Action) =>
    evaluate({ ...asked, action, principal: { kind: 'anonymous' }, policies: FOR_EVERYBODY });
  if (principal.kind === 'anonymous') return decideForEverybody;
  const policies = {
    ...NO_POLICIES,
    identity: policiesOf(principal, role),
    session: policyOfCredential(principal),
  };
  const arn = `arn:aws:iam::${ACCOUNT}:user/${principal.userId}`;
  return (action) => {
    const ofEverybody = decideForEverybody(action);
    if (ofEverybody.outcome === 'allow') return ofEverybody;
    return evaluate({ ...asked, action, principal: { kind: 'user', account: ACCOUNT, arn }, policies });
  };
}

export function isAllowed(question: AccessQuestion): boolean {
  return decide(question).outcome === 'allow';
}

/** @throws AppError `forbidden` with the sentence of the action */
export function requireAllowed(question: AccessQuestion): void {
  if (!isAllowed(question)) throw new AppError('forbidden', refusalOf(question.action, question.facts?.fullName));
}

/**
 * Reads the principal's role, and decides.
 * @throws AppError `forbidden` with the sentence of the action
 */
export async function authorize(
  app: { db: DbOrTx },
  { registryKey, ...question }: Omit<AccessQuestion, 'role'> & { registryKey: bigint },
): Promise<void> {
  const role = await findRole(app, { principal: question.principal, registryKey });
  requireAllowed({ ...question, role });
}

function toContext(role: RegistryRole | null, facts: AccessFacts): ContextValues {
  const context: Record<string, string> = { 'vitrine:ismember': String(role !== null) };
  const add = (key: string, value: string | boolean | null | undefined) => {
    if (value !== undefined && value !== null) context[key] = String(value);
  };
  add('vitrine:repositoryname', facts.fullName);
  add('vitrine:visibility', facts.visibility);
  add('vitrine:hasimage', facts.hasImage);
  add('vitrine:isquarantined', facts.isQuarantined);
  add('vitrine:isdeletedbyadmin', facts.isDeletedByAdmin);
  add('vitrine:fromrole', facts.fromRole);
  add('vitrine:torole', facts.toRole);
  return context;
}

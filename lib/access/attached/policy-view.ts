// What policies say about an action.
import { ACTIONS, type Action } from '../actions.ts';
import type { AttachedPolicy } from './attached-policy.ts';
import type { CompiledPolicy } from '../compile-policy.ts';

/** An action by the name that policies know it by. */
export type NamedAction = {
  named: Action;
  /** Whether policies can also allow it. */
  isGrantable: boolean;
  /** A repository that doesn't exist yet has no policy. */
  isCreation: boolean;
  /** Whether the policy of the registry, which is about its private repositories and its settings, decides it too. */
  isOfRegistry: boolean;
};

/** Null if policies don't decide the action. */
export function nameInPolicies(action: Action, visibility?: 'public' | 'private'): NamedAction | null {
  const isPull = action === 'ecr:BatchGetImage' || action === 'vitrine:ViewRepository';
  const isCreation = action === 'ecr:CreateRepository' || action === 'ecr-public:CreateRepository';
  if (isPull && visibility === 'public') return null;
  const isOnRepository = ACTIONS[action].on === 'repository';
  const named = isOnRepository ? nameOnRepository(action, visibility) : action;
  // No policy of AWS gives these away, so `*` mustn't.
  const isGrantable = !named.startsWith('vitrine:');
  if (!isOnRepository && !isGrantable) return null;
  const isOfRegistry = isOnRepository ? isPrivate(named, visibility) : named.startsWith('ecr:');
  return { named, isGrantable, isCreation, isOfRegistry };
}

function isPrivate(named: Action, visibility?: 'public' | 'private'): boolean {
  return visibility !== 'public' && !named.startsWith('ecr-public:');
}

/** Returns the statements about an action. */
export function statementsAbout(
  policies: readonly AttachedPolicy[],
  { named, isGrantable }: Pick<NamedAction, 'named' | 'isGrantable'>,
): CompiledPolicy[] {
  const about = policies.map((policy) => policy.about(named));
  if (isGrantable) return about;
  return about.map((policy) => ({
    ...policy,
    statements: policy.statements.filter(({ effect }) => effect === 'Deny'),
  }));
}

/** Who may pull from a private repository may see it. A public one is known to ECR Public, also at /v2. */
function nameOnRepository(action: Action, visibility?: 'public' | 'private'): Action {
  if (action === 'vitrine:ViewRepository') return 'ecr:BatchGetImage';
  if (visibility !== 'public') return action;
  const twin = action.replace(/^ecr:/, 'ecr-public:');
  return twin in ACTIONS ? (twin as Action) : action;
}

// What a repository's policy says about an action.
import { ACTIONS, type Action } from '../actions.ts';
import type { AttachedPolicy } from './attached-policy.ts';
import type { CompiledPolicy } from '../compile-policy.ts';

/** The statements of a repository's policy about an action, by the name that policies know it by. */
export type PolicyView = { named: Action; policy: CompiledPolicy };

/** Null if policies don't decide the action. */
export function findPolicyView(
  policy: AttachedPolicy,
  action: Action,
  visibility?: 'public' | 'private',
): PolicyView | null {
  const isPull = action === 'ecr:BatchGetImage' || action === 'vitrine:ViewRepository';
  const isCreation = action === 'ecr:CreateRepository' || action === 'ecr-public:CreateRepository';
  if (ACTIONS[action].on !== 'repository' || isCreation || (isPull && visibility === 'public')) return null;
  const named = nameInPolicy(action, visibility);
  const about = policy.about(named);
  if (!named.startsWith('vitrine:')) return { named, policy: about };
  // No policy of AWS gives these away, so `*` mustn't.
  return { named, policy: { ...about, statements: about.statements.filter(({ effect }) => effect === 'Deny') } };
}

/** Who may pull from a private repository may see it. A public one is known to ECR Public, also at /v2. */
function nameInPolicy(action: Action, visibility?: 'public' | 'private'): Action {
  if (action === 'vitrine:ViewRepository') return 'ecr:BatchGetImage';
  if (visibility !== 'public') return action;
  const twin = action.replace(/^ecr:/, 'ecr-public:');
  return twin in ACTIONS ? (twin as Action) : action;
}

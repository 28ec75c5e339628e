// Who may move an alias request. Pure.
import { canAdminister, canManageRegistry, canReview } from '#lib/identity/policy.ts';
import type { Principal, RegistryRole } from '#lib/access/schema.ts';
import type { TransitionParty } from './transitions.ts';

export type Standing = {
  actor: Principal;
  /** The actor's role in the registry that asks. */
  role: RegistryRole | null;
};

/** Whoever belongs to the registry never decides for it, whatever their role on the site. */
export function canActAs(party: Exclude<TransitionParty, 'system'>, { actor, role }: Standing): boolean {
  if (party === 'requester') return canManageRegistry({ actor, role });
  if (role !== null) return false;
  return party === 'admin' ? canAdminister(actor) : canReview(actor);
}

/** Members who do more than read see their registry's requests; reviewers see all, also those they may not decide. */
export function canSeeRequest({ actor, role }: Standing): boolean {
  if (actor.kind === 'anonymous') return false;
  return (role !== null && role !== 'reader') || actor.siteRole !== 'user';
}

import type { RequestDetail } from '#lib/aliases/queries.ts';
import { liveClaim } from './request-state.tsx';

export type Stance = {
  /** `mine` may decide, `free` may claim. With `none`, `sentence` says why neither is possible. */
  kind: 'mine' | 'free' | 'none';
  sentence: string;
  canWriteNotes: boolean;
};

/** What the reviewer can do with a request. Mirrors the checks of the use cases. */
export function stanceOf(request: RequestDetail): Stance {
  const canWriteNotes = !request.isOwnRegistry;
  const none = (sentence: string): Stance => ({ kind: 'none', sentence, canWriteNotes });
  if (request.isOwnRegistry)
    return none('You belong to this registry, so another reviewer decides and notes are hidden from you.');
  if (request.status === 'info_requested') return none('Waiting for the requester’s answer.');
  if (!['submitted', 'appealed', 'in_review'].includes(request.status)) return none('No decision is pending.');
  if (request.declinedByCaller) return none('You declined this, so another reviewer decides on the appeal.');
  if (request.approvedByCaller) return none('You approved this. A second reviewer must agree.');
  const claim = liveClaim(request);
  if (request.isClaimedByCaller) {
    const sentence = claim
      ? `You claimed this until ${claim.until}.`
      : 'Your claim expired, and nobody else has claimed it.';
    return { kind: 'mine', sentence, canWriteNotes };
  }
  if (claim) return none(`Claimed by ${claim.reviewer} until ${claim.until}.`);
  return { kind: 'free', sentence: 'Not claimed yet.', canWriteNotes };
}

import type { RequestDetail } from '#lib/aliases/queries.ts';
import { liveClaim } from './request-state.tsx';

export type Stance = {
  /** `mine`: may decide now. `free`: may claim it. `none`: neither, and `sentence` says why. */
  kind: 'mine' | 'free' | 'none';
  sentence: string;
  canWriteNotes: boolean;
};

/** How a request stands to the reviewer who looks at it. The use cases decide the same; this tells it beforehand. */
export function stanceOf(request: RequestDetail): Stance {
  const canWriteNotes = !request.isOwnRegistry;
  const none = (sentence: string): Stance => ({ kind: 'none', sentence, canWriteNotes });
  if (request.isOwnRegistry)
    return none('You belong to this registry: another reviewer decides, and you see no notes.');
  if (request.status === 'info_requested') return none('It waits for an answer of the requester.');
  if (!['submitted', 'appealed', 'in_review'].includes(request.status)) return none('There is nothing to decide.');
  if (request.declinedByCaller) return none('You declined this: another reviewer decides on the appeal.');
  if (request.approvedByCaller) return none('You approved this: a second reviewer has to agree.');
  const claim = liveClaim(request);
  if (request.isClaimedByCaller) {
    const sentence = claim
      ? `You have it open until ${claim.until}.`
      : 'Your claim ran out, and nobody has taken it on.';
    return { kind: 'mine', sentence, canWriteNotes };
  }
  if (claim) return none(`${claim.reviewer} has it open until ${claim.until}.`);
  return { kind: 'free', sentence: 'Nobody has it open.', canWriteNotes };
}

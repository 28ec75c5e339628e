import type { RequestView } from '#lib/aliases/queries.ts';
import type { RequestStatus } from '#lib/aliases/schema.ts';
import { Chip } from '../ui/chip.tsx';
import { Icon } from '../ui/icon.tsx';

/** Status names for reviewers. */
const WORDS: Record<RequestStatus, string> = {
  draft: 'Draft',
  submitted: 'Open',
  in_review: 'In review',
  info_requested: 'Waiting for the requester',
  approved: 'Approved',
  active: 'Active',
  declined: 'Declined',
  appealed: 'Appealed',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  suspended: 'Suspended',
};

const TONES: Partial<Record<RequestStatus, 'accent' | 'warning'>> = {
  active: 'accent',
  declined: 'warning',
  suspended: 'warning',
};

type StateView = Pick<RequestView, 'status' | 'reviewer' | 'claimedUntil'>;

/** Returns the unexpired claim of a request. */
export function liveClaim({ status, reviewer, claimedUntil }: StateView): { reviewer: string; until: string } | null {
  if (status !== 'in_review' || !claimedUntil || claimedUntil <= new Date()) return null;
  return { reviewer: reviewer ?? 'Somebody', until: `${claimedUntil.toISOString().slice(11, 16)} UTC` };
}

export function RequestState({ request }: { request: StateView }) {
  const claim = liveClaim(request);
  if (claim) {
    return (
      <span className="inline-flex max-w-56 items-center gap-1" title={`Claimed by ${claim.reviewer}`}>
        <Icon name="lock" size={12} />
        <span className="truncate">{claim.reviewer}</span>
        <span className="whitespace-nowrap text-muted">until {claim.until}</span>
      </span>
    );
  }
  const word = request.status === 'in_review' ? 'Claim expired' : WORDS[request.status];
  return <Chip tone={TONES[request.status] ?? 'neutral'}>{word}</Chip>;
}

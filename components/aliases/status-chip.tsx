import type { RequestStatus } from '#lib/aliases/schema.ts';
import { Chip } from '../ui/chip.tsx';

const TONES: Partial<Record<RequestStatus, 'accent' | 'warning'>> = {
  active: 'accent',
  approved: 'accent',
  info_requested: 'warning',
  declined: 'warning',
  suspended: 'warning',
};

const WORDS: Record<RequestStatus, string> = {
  draft: 'Draft',
  submitted: 'Waiting for review',
  in_review: 'In review',
  info_requested: 'Needs your answer',
  approved: 'Approved',
  active: 'Active',
  declined: 'Declined',
  appealed: 'Appealed',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  suspended: 'Suspended',
};

export function StatusChip({ status }: { status: RequestStatus }) {
  return <Chip tone={TONES[status] ?? 'neutral'}>{WORDS[status]}</Chip>;
}

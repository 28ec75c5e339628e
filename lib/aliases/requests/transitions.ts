// The life of an alias request: every change of state there is. change-status.ts enforces the table in the transaction.
import type { RequestStatus } from '#lib/aliases/schema.ts';

/** Who may cause a change: the registry's managers, a reviewer of no tie to it, an admin, or time itself. */
export type TransitionParty = 'requester' | 'reviewer' | 'admin' | 'system';

export type Transition = { from: readonly RequestStatus[]; to: RequestStatus; by: TransitionParty };

// prettier-ignore
export const TRANSITIONS = {
  submit:         { from: ['draft'],                                                        to: 'submitted',      by: 'requester' },
  claim:          { from: ['submitted', 'appealed'],                                        to: 'in_review',      by: 'reviewer' },
  put_back:       { from: ['in_review'],                                                    to: 'submitted',      by: 'reviewer' },
  ask:            { from: ['in_review'],                                                    to: 'info_requested', by: 'reviewer' },
  answer:         { from: ['info_requested'],                                               to: 'submitted',      by: 'requester' },
  approve:        { from: ['in_review'],                                                    to: 'approved',       by: 'reviewer' },
  activate:       { from: ['approved'],                                                     to: 'active',         by: 'system' },
  decline:        { from: ['in_review'],                                                    to: 'declined',       by: 'reviewer' },
  appeal:         { from: ['declined'],                                                     to: 'appealed',       by: 'requester' },
  withdraw:       { from: ['draft', 'submitted', 'in_review', 'info_requested', 'appealed'], to: 'withdrawn',     by: 'requester' },
  expire:         { from: ['draft', 'info_requested'],                                      to: 'expired',        by: 'system' },
  suspend:        { from: ['active'],                                                       to: 'suspended',      by: 'admin' },
  reinstate:      { from: ['suspended'],                                                    to: 'active',         by: 'admin' },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** States in which the name is kept for the requester: nobody else can ask for it, or for one that looks like it. */
export const HOLDING_STATUSES: readonly RequestStatus[] = [
  'submitted',
  'in_review',
  'info_requested',
  'approved',
  'appealed',
];

/** The status after `name`, or null where it can't happen from `status`. */
export function nextStatus(status: RequestStatus, name: TransitionName): RequestStatus | null {
  const transition: Transition = TRANSITIONS[name];
  return transition.from.includes(status) ? transition.to : null;
}

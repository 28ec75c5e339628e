// All status transitions of an alias request. changeStatus enforces the table.
import type { RequestStatus } from '#lib/aliases/schema.ts';

/**
 * Who may trigger a transition: managers of the registry, a reviewer or admin who isn't a member of it,
 * or the system.
 */
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

/** Statuses in which the name is held, so that nobody else can request it or a similar one. */
export const HOLDING_STATUSES: readonly RequestStatus[] = [
  'submitted',
  'in_review',
  'info_requested',
  'approved',
  'appealed',
];

/** Returns the status after a transition, or null if it isn't allowed. */
export function nextStatus(status: RequestStatus, name: TransitionName): RequestStatus | null {
  const transition: Transition = TRANSITIONS[name];
  return transition.from.includes(status) ? transition.to : null;
}

import { describe, expect, test } from 'vitest';
import { REQUEST_STATUSES, type RequestStatus } from '#lib/aliases/schema.ts';
import { HOLDING_STATUSES, TRANSITIONS, nextStatus, type TransitionName } from './transitions.ts';

const NAMES = Object.keys(TRANSITIONS) as TransitionName[];

/** A hand-written copy of the table, so that changes to it are deliberate. */
const ALLOWED: Record<RequestStatus, Partial<Record<TransitionName, RequestStatus>>> = {
  draft: { submit: 'submitted', withdraw: 'withdrawn', expire: 'expired' },
  submitted: { claim: 'in_review', withdraw: 'withdrawn' },
  in_review: {
    put_back: 'submitted',
    ask: 'info_requested',
    approve: 'approved',
    decline: 'declined',
    withdraw: 'withdrawn',
  },
  info_requested: { answer: 'submitted', withdraw: 'withdrawn', expire: 'expired' },
  approved: { activate: 'active' },
  active: { suspend: 'suspended' },
  declined: { appeal: 'appealed' },
  appealed: { claim: 'in_review', withdraw: 'withdrawn' },
  withdrawn: {},
  expired: {},
  suspended: { reinstate: 'active' },
};

describe('transitions', () => {
  test.each(REQUEST_STATUSES.flatMap((status) => NAMES.map((name) => [status, name] as const)))(
    'from %s by %s',
    (status, name) => {
      expect(nextStatus(status, name)).toBe(ALLOWED[status][name] ?? null);
    },
  );

  test('every status is reachable from draft', () => {
    const reached = new Set<RequestStatus>(['draft']);
    for (let size = 0; size < reached.size;) {
      size = reached.size;
      for (const status of [...reached]) for (const name of NAMES) reached.add(nextStatus(status, name) ?? status);
    }
    expect([...reached].sort()).toEqual([...REQUEST_STATUSES].sort());
  });

  test('the name is held exactly while a decision is open', () => {
    const open = REQUEST_STATUSES.filter(
      (status) =>
        status !== 'draft' &&
        Object.keys(ALLOWED[status]).some((name) => !['suspend', 'reinstate', 'appeal'].includes(name)),
    );
    expect([...HOLDING_STATUSES].sort()).toEqual(open.sort());
  });
});

import { expect, test } from 'vitest';
import { findOrder, type ModelEvent } from './find-order.ts';

/** A register: `w2` writes a two and returns `ok`, `r` returns the last write. */
const explain = (state: number, op: string, result: string) => {
  if (op !== 'r') return result === 'ok' ? Number(op.slice(1)) : null;
  return result === String(state) ? state : null;
};

const event = (op: string, result: string, startedAt: number, endedAt: number): ModelEvent<string> => {
  return { op, result, startedAt, endedAt };
};

test('finds the order that explains concurrent events', () => {
  const events = [event('w1', 'ok', 0, 10), event('r', '0', 1, 9), event('r', '1', 2, 8), event('w2', 'ok', 11, 12)];
  expect(findOrder(events, 0, explain)).toMatchObject({
    order: [{ result: '0' }, { op: 'w1' }, { result: '1' }, { op: 'w2' }],
    state: 2,
  });
});

test('finds none for an impossible history', () => {
  // Read before it was written.
  expect(findOrder([event('r', '1', 0, 1), event('w1', 'ok', 2, 3)], 0, explain)).toBeNull();
  // Lost after it was written.
  expect(findOrder([event('w1', 'ok', 0, 1), event('r', '0', 2, 3)], 0, explain)).toBeNull();
  // Two consecutive reads can't see two writes in different orders.
  const writes = [event('w1', 'ok', 0, 9), event('w2', 'ok', 0, 9)];
  const reads = [event('r', '1', 10, 11), event('r', '2', 12, 13)];
  expect(findOrder([...writes, ...reads], 0, explain)).toBeNull();
});

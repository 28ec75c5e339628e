import { expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.ts';
import { MAX_PARTS, partBytes } from './part-sizes.ts';

const GB = 1000 ** 3;

test('10,000 parts hold more than 5 TB, and 100 GB need parts of 64 MiB at most', () => {
  let sizeBytes = 0;
  let number = 0;
  while (sizeBytes < 100 * GB) sizeBytes += partBytes((number += 1));
  expect(partBytes(number)).toBe(64 * 1024 * 1024);
  while (number < MAX_PARTS) sizeBytes += partBytes((number += 1));
  expect(sizeBytes).toBeGreaterThan(5000 * GB);
  expect(partBytes(MAX_PARTS)).toBeLessThanOrEqual(5 * 1024 ** 3);
});

test('a budget serves waiting takers in order and never more than it has', async () => {
  const budget = new ByteBudget(10);
  const order: string[] = [];
  const first = await budget.take(8);
  const large = budget.take(20).then((give) => (order.push('large'), give));
  const small = budget.take(1).then((give) => (order.push('small'), give));
  expect(budget.tryTake(3)).toBeNull();
  await Promise.resolve();
  expect(order).toEqual([]);
  first();
  first();
  (await large)();
  (await small)();
  expect(order).toEqual(['large', 'small']);
  expect(budget.tryTake(11)).toBeNull();
  expect(budget.tryTake(10)).not.toBeNull();
});

test('a taker that waits too long is refused, and lets smaller ones pass', async () => {
  const budget = new ByteBudget(10, { maxWaitMs: 20 });
  const give = await budget.take(8);
  const large = budget.take(5);
  const small = budget.take(2);
  await expect(large).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: expect.any(Number) as number });
  (await small)();
  give();
  expect(budget.tryTake(10)).not.toBeNull();
});

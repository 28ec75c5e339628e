import { expect, test } from 'vitest';
import { RestartPace } from './restart-pace.ts';

test('restarts at once, then more and more slowly, and gives up at the fifth death in a minute', () => {
  const pace = new RestartPace();
  expect([0, 1_000, 2_000, 3_000, 4_000].map((at) => pace.noteDeath(at))).toEqual([0, 500, 1_000, 2_000, null]);
});

test('forgets deaths after a minute', () => {
  const pace = new RestartPace();
  const deaths = Array.from({ length: 20 }, (_, i) => pace.noteDeath(i * 20_000));
  expect(deaths).not.toContain(null);
  expect(deaths.at(-1)).toBe(1_000);
});

import { expect, test } from 'vitest';
import { chooseServers, planProcesses, sharePool } from './plan-processes.ts';

test.each([
  [1, 0],
  [2, 1],
  [4, 1],
  [5, 2],
  [8, 2],
])('%i servers have %i page processes', (servers, pages) => {
  expect(planProcesses(servers)).toEqual({ servers, pages });
});

test.each([
  [1, 64, 1],
  [2, 4, 2],
  [4, 16, 4],
  [64, 256, 8],
  [64, 2, 3],
  [8, 1, 1],
])('a machine with %i cores and %i GB gets %i servers', (cores, gigabytes, servers) => {
  expect(chooseServers({ cores, memoryBytes: gigabytes * 1_000_000_000 })).toBe(servers);
});

test.each([1, 2, 3, 4, 6, 8])(
  'the pools of %i servers fit the embedded PostgreSQL, with room for commands',
  (servers) => {
    const { pages } = planProcesses(servers);
    const processes = servers + pages;
    const size = sharePool(12, processes);
    expect(size).toBeGreaterThanOrEqual(4);
    // Each process has one more connection for changes. PostgreSQL keeps 3 of its 60 for superusers.
    expect(processes * (size + 1)).toBeLessThanOrEqual(52);
  },
);

test('a process alone has the whole pool', () => {
  expect(sharePool(40, 1)).toBe(40);
});

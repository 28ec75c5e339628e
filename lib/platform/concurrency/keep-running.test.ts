// Timers are faked: pauses are recorded and end immediately.
import { beforeEach, expect, test, vi } from 'vitest';
import { keepRunning, type KeepRunningOptions } from './keep-running.ts';
import { createLog } from '#lib/platform/log.ts';

const pauses = vi.hoisted((): number[] => []);
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => {
    pauses.push(ms);
    return new Promise(setImmediate);
  },
}));
beforeEach(() => void pauses.splice(0));

const CHECK_MS = 7;

function keep(options: Pick<KeepRunningOptions, 'isRunning' | 'restart'>, stableMs = 60_000) {
  const lost = vi.fn();
  const timing = { checkMs: CHECK_MS, firstPauseMs: 1_000, maxPauseMs: 4_000, stableMs, attempts: 5 };
  const stop = keepRunning({ name: 'it', log: createLog('silent', false), timing, onLost: lost, ...options });
  return { stop, lost, restarts: () => pauses.filter((ms) => ms !== CHECK_MS) };
}

test('restarts with exponential backoff, then gives up', async () => {
  const reason = new Error('it is broken');
  const { stop, lost, restarts } = keep({ isRunning: () => false, restart: () => Promise.reject(reason) });
  await expect.poll(() => lost.mock.calls).toEqual([[reason]]);
  expect(restarts()).toEqual([0, 1_000, 2_000, 4_000, 4_000]);
  await stop();
});

test('counts only consecutive failures', async () => {
  let tries = 0;
  const restart = () => (tries++ % 5 === 4 ? Promise.resolve() : Promise.reject(new Error('not yet')));
  const { stop, lost } = keep({ isRunning: () => false, restart });
  await expect.poll(() => tries).toBeGreaterThan(20);
  await stop();
  expect(lost).not.toHaveBeenCalled();
});

test.each([
  ['immediately', 60_000, [0, 1_000, 2_000, 4_000]],
  ['after a stable period', -1, [0, 0, 0, 0]],
])('backs off for a server that stops again %s, without giving up', async (_when, stableMs, expected) => {
  let checks = 0;
  // Up for one check, then down.
  let isUp = true;
  const isRunning = () => {
    checks += 1;
    const was = isUp;
    if (checks % 2 === 0) isUp = false;
    return was;
  };
  const restart = () => {
    isUp = true;
    checks = 0;
    return Promise.resolve();
  };
  const { stop, lost, restarts } = keep({ isRunning, restart }, stableMs);
  await expect.poll(() => restarts().length).toBeGreaterThanOrEqual(4);
  await stop();
  expect(restarts().slice(0, 4)).toEqual(expected);
  expect(lost).not.toHaveBeenCalled();
});

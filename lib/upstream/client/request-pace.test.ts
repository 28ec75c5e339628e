import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isAppError } from '#lib/platform/errors.ts';
import { RequestPace } from './request-pace.ts';

test.each([
  ['one by one', null],
  ['together, without the shared bucket', () => Promise.resolve(null)],
])('refused requests take no turns: %s', async (_how, reserve) => {
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  const pace = new RequestPace({ host: 'ghcr.io', requestsPerSecond: 1, reserve });
  const countTurns = async (): Promise<number> => {
    const waiting = new AbortController();
    const asked = Promise.allSettled(Array.from({ length: 100 }, () => pace.waitForTurn(waiting.signal)));
    await nextTurn();
    waiting.abort();
    const refused = (await asked).filter(
      ({ status, ...outcome }) => status === 'rejected' && isAppError(reasonOf(outcome)),
    );
    return 100 - refused.length;
  };
  // One at once, and one after each of 15 seconds.
  expect(await countTurns()).toBe(16);
  nowMs += 15_000;
  expect(await countTurns()).toBe(15);
});

function reasonOf(outcome: object): unknown {
  return 'reason' in outcome ? outcome.reason : null;
}

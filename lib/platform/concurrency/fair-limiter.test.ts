import { expect, test } from 'vitest';
import { FairLimiter } from './fair-limiter.ts';

const turns = () => new FairLimiter({ atATime: 2, atATimePerKey: 1, maxWaitingPerKey: 3, maxWaiting: 5 });

/** Creates work that ends on demand. */
function createWork(all: FairLimiter) {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const begin = (name: string, key: string) =>
    all.run(key, () => {
      started.push(name);
      return new Promise<void>((end) => ends.push(end));
    });
  const endNext = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { started, begin, endNext };
}

test('interleaves keys, however much work each has queued', async () => {
  const { started, begin, endNext } = createWork(turns());
  for (const name of ['a1', 'a2', 'a3']) void begin(name, 'a');
  void begin('b1', 'b');
  void begin('b2', 'b');
  void begin('c1', 'c');
  expect(started).toEqual(['a1', 'b1']);
  for (let i = 0; i < 5; i += 1) await endNext();
  expect(started).toEqual(['a1', 'b1', 'a2', 'b2', 'c1', 'a3']);
});

test('rejects work when a key’s queue or the whole queue is full', async () => {
  const { begin } = createWork(turns());
  for (let i = 0; i < 4; i += 1) void begin('a', 'a');
  await expect(begin('a', 'a')).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 5 });
  for (let i = 0; i < 3; i += 1) void begin('b', 'b');
  await expect(begin('c', 'c')).rejects.toMatchObject({ code: 'rate_limited' });
});

test('releases the slot when work fails', async () => {
  const all = turns();
  await expect(all.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(all.run('a', () => Promise.resolve(1))).resolves.toBe(1);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { KeyedMutex } from './keyed-mutex.ts';

test('serialises work per key, also after a failure', async () => {
  const turns = new KeyedMutex<string>();
  const log: string[] = [];
  const run = (key: string, name: string, fails = false) =>
    turns.take(key, async () => {
      log.push(`${name} begins`);
      await sleep(5);
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([run('a', 'a1', true), run('a', 'a2'), run('b', 'b1')]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(log.filter((line) => line.startsWith('a'))).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
  expect(log.indexOf('b1 begins')).toBeLessThan(log.indexOf('a1 ends'));
  expect(await run('a', 'a3')).toBe('a3');
});

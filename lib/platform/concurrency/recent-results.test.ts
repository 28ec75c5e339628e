import { expect, test, vi } from 'vitest';
import { RecentResults } from './recent-results.ts';

const of = (value: number) => () => Promise.resolve({ value });

test('concurrent callers of one key share one run, and later ones its result', async () => {
  const results = new RecentResults<{ value: number }>({ max: 2 });
  const work = vi.fn(of(1));
  expect(await Promise.all([results.get('a', work), results.get('a', work)])).toEqual([{ value: 1 }, { value: 1 }]);
  expect(await results.get('a', work)).toEqual({ value: 1 });
  expect(work).toHaveBeenCalledOnce();
});

test('the result that was used longest ago is dropped first', async () => {
  const results = new RecentResults<{ value: number }>({ max: 2 });
  for (const key of ['a', 'b', 'a', 'c']) await results.get(key, of(1));
  expect([await results.get('a', of(2)), await results.get('b', of(2))]).toEqual([{ value: 1 }, { value: 2 }]);
});

test('a failure is not cached', async () => {
  const results = new RecentResults<{ value: number }>({ max: 2 });
  await expect(results.get('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await results.get('a', of(3))).toEqual({ value: 3 });
});

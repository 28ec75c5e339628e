import { expect, test } from 'vitest';
import { findLookAlike } from './check-name.ts';

test('findLookAlike yields to the event loop', async () => {
  const known = Array.from({ length: 500 }, (_, i) => ({ name: `publisher-${i}`, isReserved: true }));
  const parts = Array.from({ length: 80 }, (_, i) => `word${i}`);
  let turns = 0;
  const count = () => {
    turns += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  expect(await findLookAlike(known, { whole: 'my-name', parts })).toBeNull();
  clearImmediate(immediate);
  expect(turns).toBeGreaterThanOrEqual(50);
});

test('compares parts of a name only with reserved names', async () => {
  const name = 'lanternworks';
  const parts = ['lanternwork'];
  expect(await findLookAlike([{ name, isReserved: true }], { whole: 'x', parts })).toMatch(/differs by one character/);
  expect(await findLookAlike([{ name, isReserved: false }], { whole: 'x', parts })).toBeNull();
});

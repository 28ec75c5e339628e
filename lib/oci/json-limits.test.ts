import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasMoreValues, listOf } from './json-limits.ts';

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** An upper bound on the number of values that JSON.parse creates. */
function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items = Object.values(value);
  return 1 + Math.max(0, items.length - 1) + items.reduce((sum: number, item) => sum + countValues(item), 0);
}

describe('hasMoreValues', () => {
  test('counts values correctly whatever strings contain', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: fc.constantFrom('"', '\\', ',', '[', '{', 'é') }), (value) => {
        const count = countValues(value);
        expect(hasMoreValues(encode(value), count)).toBe(false);
        if (count > 0) expect(hasMoreValues(encode(value), count - 1)).toBe(true);
      }),
    );
  });

  test('ignores the length of the document', () => {
    expect(hasMoreValues(encode({ data: ','.repeat(100_000) }), 10)).toBe(false);
  });
});

test('list validation stops at the first invalid item', () => {
  let validated = 0;
  const item = z.custom<number>((value) => {
    validated += 1;
    return typeof value === 'number';
  }, 'must be a number');
  const schema = z.object({ items: listOf(z.object({ n: item })) });
  const values = Array.from({ length: 1_000 }, (_, n) => ({ n: n === 2 ? 'x' : n }));
  expect(schema.safeParse({ items: values }).error?.issues).toMatchObject([
    { path: ['items', 2, 'n'], message: 'must be a number' },
  ]);
  expect(validated).toBe(3);
  expect(schema.parse({ items: values.slice(0, 2) })).toEqual({ items: [{ n: 0 }, { n: 1 }] });
  expect(schema.safeParse({ items: {} }).error?.issues).toMatchObject([
    { path: ['items'], message: 'must be an array' },
  ]);
});

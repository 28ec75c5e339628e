import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, type Letters } from './edit-distance.ts';

/** Computes the distance by its definition, trying every edit. */
function tryEachWay(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const ways = [
    tryEachWay(a.slice(1), b) + 1,
    tryEachWay(a, b.slice(1)) + 1,
    tryEachWay(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
  ];
  const isSwap = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
  return Math.min(...ways, isSwap ? tryEachWay(a.slice(2), b.slice(2)) + 1 : Infinity);
}

/** Counts how often letters of a word are read. */
function watch(word: string): { letters: Letters; countReads: () => number } {
  let reads = 0;
  const letters = new Proxy(Array.from(word), {
    get: (all, key) => {
      if (key !== 'length') reads += 1;
      return Reflect.get(all, key) as string;
    },
  });
  return { letters, countReads: () => reads };
}

describe('editDistance', () => {
  test('returns the cheapest edit, or Infinity above the limit', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, max) => {
        const distance = tryEachWay(a, b);
        expect(editDistance(a, b, max)).toBe(distance <= max ? distance : Infinity);
      }),
      { numRuns: 500 },
    );
  });

  test.each([1, 2])('with a limit of %i reads few letters, even for long and similar words', (max) => {
    const compare = (a: string, b: string) => {
      const [left, right] = [watch(a), watch(b)];
      editDistance(left.letters, right.letters, max);
      return left.countReads() + right.countReads();
    };
    const places = 2 * max + 1;
    // Two letters per cell, plus four to check for a swap.
    expect(compare('ab'.repeat(32), 'ba'.repeat(32))).toBeLessThanOrEqual(64 * places * 6);
    expect(compare('a'.repeat(64), `${'a'.repeat(63)}b`)).toBeLessThanOrEqual(64 * places * 6);
    // Dissimilar words are told apart at their beginning.
    expect(compare('a'.repeat(64), 'b'.repeat(64))).toBeLessThanOrEqual((max + 1) * places * 6);
    expect(compare('a'.repeat(64), 'a'.repeat(60))).toBe(0);
  });
});

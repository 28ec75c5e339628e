import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from './diff-lines.ts';

const show = (before: string, after: string) =>
  diffLines(before, after).map(({ change, text }) => `${{ same: ' ', added: '+', removed: '-' }[change]}${text}`);

test('shows added and removed lines in place', () => {
  expect(show('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
  expect(show('', 'a')).toEqual(['+a']);
  expect(show('a', '')).toEqual(['-a']);
  expect(show('a', 'a')).toEqual([' a']);
});

test('both texts can be read from the difference', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const read = (left: string) => lines.filter(({ change }) => change !== left).map((line) => line.text);
      expect(read('added').join('\n')).toBe(before);
      expect(read('removed').join('\n')).toBe(after);
    }),
  );
});

test('texts of ten thousand lines are compared at once', () => {
  const [before, after] = ['a', 'b'].map((letter) => `${letter}\n`.repeat(5_000));
  const start = performance.now();
  expect(diffLines(before ?? '', after ?? '')).toHaveLength(10_001);
  expect(performance.now() - start).toBeLessThan(500);
});

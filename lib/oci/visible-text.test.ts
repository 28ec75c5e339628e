import { expect, test } from 'vitest';
import { toVisibleLines, toVisibleText } from './visible-text.ts';

test.each([
  ['plain – 東京 é', 'plain – 東京 é'],
  ['gpj.\u202eexe', 'gpj.\\u{202e}exe'],
  ['a\u0000b\u001b[31m', 'a\\u{0}b\\u{1b}[31m'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['half \ud83d', 'half \\u{d83d}'],
  ['two\nlines', 'two\\u{a}lines'],
])('escapes %j as %j', (text, shown) => {
  expect(toVisibleText(text, 100)).toBe(shown);
});

test('truncates long text without splitting a surrogate pair', () => {
  expect(toVisibleText('abcdef', 3)).toBe('abc…');
  expect(toVisibleText('ab😀', 3)).toBe('ab…');
});

test('toVisibleLines keeps line breaks and tabs', () => {
  expect(toVisibleLines('a\n\tb\u202e', 100)).toBe('a\n\tb\\u{202e}');
});

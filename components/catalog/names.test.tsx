import { expect, test } from 'vitest';
import { initials } from './avatar-tile.tsx';
import { splitMatches } from '../search/highlight.tsx';

test.each([
  ['kube-state-metrics', 'KS'],
  ['nginx', 'NG'],
  ['Ada Lovelace', 'AL'],
  ['x', 'X'],
  ['東京-tools', '東T'],
  ['', ''],
  ['---', ''],
])('the initials of %j are %j', (name, expected) => {
  expect(initials(name)).toBe(expected);
});

test.each([
  ['Static file server', 'file', ['Static ', '[file]', ' server']],
  ['lantern', 'LAN tern', ['[lan]', '[tern]']],
  ['a.b*c', '.* b*', ['a.', '[b*]', 'c']],
  ['nothing here', 'zz', ['nothing here']],
  ['short words do not count', 'o', ['short words do not count']],
  ['', 'x', []],
])('in %j, %j emphasises %j', (text, query, expected) => {
  const parts = splitMatches(text, query).filter((part) => part.text !== '');
  expect(parts.map((part) => (part.isMatch ? `[${part.text}]` : part.text))).toEqual(expected);
});

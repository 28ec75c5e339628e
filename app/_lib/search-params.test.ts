import { expect, test } from 'vitest';
import { pageParam, parseSearch, textParam } from './search-params.ts';

test('what is not understood counts as not there', () => {
  expect(parseSearch({ kind: 'nonsense', sort: 'nonsense', page: '-3', os: '', arch: ['ARM', 'x86'] })).toEqual({
    q: '',
    os: undefined,
    arch: 'ARM',
    kind: undefined,
    sort: 'relevance',
    page: 1,
  });
});

test.each([
  ['3', 3],
  ['0', 1],
  ['1.5', 1],
  ['1e3', 1_000],
  ['999999999999', 10_000],
  ['x', 1],
  [undefined, 1],
])('page %j is page %d', (page, expected) => {
  expect(pageParam({ page })).toBe(expected);
});

test('a text has bounded length and nothing that PostgreSQL refuses', () => {
  expect(textParam({ q: ` a\0b${'c'.repeat(500)} ` }, 'q')).toBe(`ab${'c'.repeat(298)}`);
});

import { expect, test } from 'vitest';
import { pageParam, parseSearch, textParam } from './search-params.ts';

test('what is not understood counts as not there', () => {
  expect(parseSearch({ kind: 'nonsense', sort: 'nonsense', page: '-3', os: '', arch: ['ARM', 'x86'] })).toEqual({
    q: '',
    os: undefined,
    arch: 'arm',
    kind: undefined,
    sort: 'relevance',
    page: 1,
  });
});

test.each([
  [{ platform: 'linux/amd64' }, { platform: 'linux/amd64' }],
  [{ platform: 'Linux/x86-64' }, { platform: 'linux/amd64' }],
  [{ os: 'Linux', arch: 'ARM 64' }, { platform: 'linux/arm64' }],
  [{ os: 'Windows' }, { os: 'windows' }],
  [{ platform: 'nonsense' }, {}],
])('the platform of %j is %j', (params, expected) => {
  expect(parseSearch(params)).toMatchObject(expected);
});

test('the remembered order applies where the URL has none', () => {
  expect(parseSearch({}, 'pulls').sort).toBe('pulls');
  expect(parseSearch({ sort: 'relevance' }, 'pulls').sort).toBe('relevance');
  expect(parseSearch({}, 'nonsense').sort).toBe('relevance');
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

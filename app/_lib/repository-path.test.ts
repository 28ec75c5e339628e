import { expect, test } from 'vitest';
import { parseRepositoryPath } from './repository-path.ts';

test.each([
  ['/ada/tools', { alias: 'ada', name: 'tools', tab: 'overview' }],
  ['/ada/a/b/c', { alias: 'ada', name: 'a/b/c', tab: 'overview' }],
  ['/ada/tools/-/tags', { alias: 'ada', name: 'tools', tab: 'tags' }],
  ['/ada/a/tags/-/usage', { alias: 'ada', name: 'a/tags', tab: 'usage' }],
  ['/ada/tags', { alias: 'ada', name: 'tags', tab: 'overview' }],
])('%s is a page of a repository', (path, expected) => {
  expect(parse(path)).toEqual(expected);
});

test.each([
  '/ada/-/tags',
  '/ada/tools/-',
  '/ada/tools/-/nope',
  '/ada/tools/-/tags/x',
  '/ada/Tools',
  '/ada/..',
  '/ada/a%2Fb',
  '/ada/a//b',
])('%s is none', (path) => {
  expect(parse(path)).toBeNull();
});

function parse(path: string) {
  const [, alias = '', ...rest] = path.split('/');
  return parseRepositoryPath(alias, rest);
}

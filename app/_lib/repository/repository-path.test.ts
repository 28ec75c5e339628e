import { expect, test } from 'vitest';
import { parseConsolePath, parseRepositoryPath } from './repository-path.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

test.each([
  ['/ada/tools', { alias: 'ada', name: 'tools', tab: 'overview' }],
  ['/ada/a/b/c', { alias: 'ada', name: 'a/b/c', tab: 'overview' }],
  ['/ada/tools/-/tags', { alias: 'ada', name: 'tools', tab: 'tags' }],
  ['/ada/a/tags/-/usage', { alias: 'ada', name: 'a/tags', tab: 'usage' }],
  ['/ada/tools/-/layers', { alias: 'ada', name: 'tools', tab: 'layers' }],
  ['/ada/tools/-/security', { alias: 'ada', name: 'tools', tab: 'security' }],
  ['/ada/tools/-/tags/1.0_x', { alias: 'ada', name: 'tools', tab: 'tags', item: { tag: '1.0_x' } }],
  ['/ada/tools/-/tags/tags', { alias: 'ada', name: 'tools', tab: 'tags', item: { tag: 'tags' } }],
  [`/ada/tools/-/digests/${DIGEST}`, { alias: 'ada', name: 'tools', tab: 'tags', item: { digest: DIGEST } }],
  [
    `/ada/tools/-/digests/sha256%3A${'0'.repeat(64)}`,
    { alias: 'ada', name: 'tools', tab: 'tags', item: { digest: DIGEST } },
  ],
  [`/ada/a/b/-/layers/${DIGEST}`, { alias: 'ada', name: 'a/b', tab: 'layers', item: { layer: DIGEST } }],
  ['/ada/tools/-/compare', { alias: 'ada', name: 'tools', tab: 'tags', item: { view: 'compare' } }],
  ['/ada/tools/compare', { alias: 'ada', name: 'tools/compare', tab: 'overview' }],
  ['/ada/tags', { alias: 'ada', name: 'tags', tab: 'overview' }],
])('%s is a page of a repository', (path, expected) => {
  expect(parse(path)).toEqual(expected);
});

test.each([
  '/ada/-/tags',
  '/ada/tools/-',
  '/ada/tools/-/nope',
  '/ada/tools/-/tags/x/y',
  '/ada/tools/-/tags/.x',
  '/ada/tools/-/tags/..',
  '/ada/tools/-/digests',
  '/ada/tools/-/digests/latest',
  '/ada/tools/-/compare/1...2',
  `/ada/tools/-/usage/${DIGEST}`,
  '/ada/tools/-/layers/sha256:0',
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

test.each([
  ['tools', { alias: 'ada', name: 'tools', tab: 'overview' }],
  ['a/b/c', { alias: 'ada', name: 'a/b/c', tab: 'overview' }],
  ['a/b/-/images', { alias: 'ada', name: 'a/b', tab: 'images' }],
  ['images', { alias: 'ada', name: 'images', tab: 'overview' }],
  ['tools/-/danger', { alias: 'ada', name: 'tools', tab: 'danger' }],
  ['tools/-/overview', null],
  ['tools/-', null],
  ['tools/-/nope', null],
  ['tools/-/images/x', null],
  ['-/images', null],
  ['Tools', null],
])('%s of the console is %j', (path, expected) => {
  expect(parseConsolePath('ada', path.split('/'))).toEqual(expected);
});

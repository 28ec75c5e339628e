import { describe, expect, test } from 'vitest';
import { isOwnBadge, parseTextSource, resolveImage, resolveImageSet, resolveLink } from './markdown-urls.ts';

const github = parseTextSource('https://github.com/acme/monitor');

describe('a source repository URL', () => {
  test.each([
    ['https://github.com/acme/monitor', 'https://github.com/acme/monitor/blob/HEAD/docs/a.md'],
    ['https://github.com/acme/monitor.git', 'https://github.com/acme/monitor/blob/HEAD/docs/a.md'],
    ['git+https://github.com/acme/monitor', 'https://github.com/acme/monitor/blob/HEAD/docs/a.md'],
    ['http://github.com/acme/monitor/', 'https://github.com/acme/monitor/blob/HEAD/docs/a.md'],
    [
      'https://github.com/acme/monitor/tree/main/images/x',
      'https://github.com/acme/monitor/blob/HEAD/images/x/docs/a.md',
    ],
    ['https://github.com/acme/monitor.git#4f5e:images', 'https://github.com/acme/monitor/blob/HEAD/images/docs/a.md'],
    ['https://gitlab.com/acme/team/monitor', 'https://gitlab.com/acme/team/monitor/-/blob/HEAD/docs/a.md'],
    ['https://gitlab.acme.test/acme/x/-/tree/main/y', 'https://gitlab.acme.test/acme/x/-/blob/HEAD/y/docs/a.md'],
    ['https://bitbucket.org/acme/monitor', 'https://bitbucket.org/acme/monitor/src/HEAD/docs/a.md'],
  ])('%s is recognized', (url, link) => {
    expect(resolveLink('docs/a.md', parseTextSource(url))).toBe(link);
  });

  test.each([
    'https://git.acme.test/acme/monitor',
    'https://github.com/acme',
    'https://user:secret@github.com/acme/monitor',
    'ssh://git@github.com/acme/monitor',
    'git@github.com:acme/monitor.git',
    'javascript:alert(1)',
    'not a url',
    '',
    null,
  ])('%s is rejected', (url) => {
    expect(resolveLink('docs/a.md', parseTextSource(url))).toBeNull();
  });
});

test.each([
  ['./docs/a.md#linux', 'https://github.com/acme/monitor/blob/HEAD/docs/a.md#linux'],
  ['/docs/a.md', 'https://github.com/acme/monitor/blob/HEAD/docs/a.md'],
  ['../../../console', 'https://github.com/acme/monitor/blob/HEAD/console'],
  ['..%2f..%2f/x', 'https://github.com/acme/monitor/blob/HEAD/..%2f..%2f/x'],
  ['?tab=x', 'https://github.com/acme/monitor/blob/HEAD/?tab=x'],
  ['//elsewhere.test/x', 'https://elsewhere.test/x'],
  ['/\\elsewhere.test/x', 'https://elsewhere.test/x'],
  ['\\\\elsewhere.test/x', 'https://elsewhere.test/x'],
  [' /\n/elsewhere.test', 'https://elsewhere.test/'],
  ['mailto:a@example.test', 'mailto:a@example.test'],
  ['javascript:alert(1)', null],
  ['java\tscript:alert(1)', null],
  ['ftp://elsewhere.test', null],
])('a link to %j resolves to %j', (href, link) => {
  expect(resolveLink(href, github)).toBe(link);
});

test.each([
  ['./a.png', 'https://github.com/acme/monitor/raw/HEAD/a.png'],
  ['/api/v1/me', 'https://github.com/acme/monitor/raw/HEAD/api/v1/me'],
  ['https://github.com/acme/web/blob/main/a.png?raw=true', 'https://github.com/acme/web/raw/main/a.png?raw=true'],
  ['http://img.test/a.png', 'https://img.test/a.png'],
  ['//img.test/a.png', 'https://img.test/a.png'],
  ['data:image/png;base64,iVBORw0KGgo=', null],
  ['blob:https://img.test/1', null],
  ['', null],
])('an image at %j resolves to %j', (src, url) => {
  expect(resolveImage(src, github)).toBe(url);
});

test('without a source repository, relative URLs are dropped', () => {
  for (const address of ['a.png', './a.png', '/api/v1/me', '../a', '?x', '\\a', '.', ' /a']) {
    expect([resolveLink(address, null), resolveImage(address, null)], address).toEqual([null, null]);
  }
});

test('an image set is kept whole or dropped', () => {
  expect(resolveImageSet('a.png 1x, https://img.test/b.png 2x', github)).toBe(
    'https://github.com/acme/monitor/raw/HEAD/a.png 1x, https://img.test/b.png 2x',
  );
  expect(resolveImageSet('a.png 1x, https://img.test/b.png 2x', null)).toBeNull();
  expect(resolveImageSet('data:image/png;base64,AA 1x', github)).toBeNull();
  expect(resolveImageSet('', github)).toBeNull();
});

test.each([
  ['/api/badge/tag/acme/monitor.svg', true],
  ['/api/badge/pulls/acme/tools/monitor.svg', true],
  ['/api/badge/tag/../../v1/me.svg', false],
  ['/api/badge/tag/acme/monitor.svg?x=1', false],
  ['/api/v1/me', false],
  ['//elsewhere.test/api/badge/tag/a.svg', false],
])('%s is a badge of this site: %s', (src, isOne) => {
  expect(isOwnBadge(src)).toBe(isOne);
});

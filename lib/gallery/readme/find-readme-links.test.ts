import { expect, test } from 'vitest';
import { findSourceLinks, toRawLink } from './find-readme-links.ts';

test.each([
  ['https://github.com/acme/monitor', 'https://github.com/acme/monitor/raw/HEAD/README.md'],
  [
    'https://github.com/acme/monitor/tree/main/images/web',
    'https://github.com/acme/monitor/raw/HEAD/images/web/README.md',
  ],
  [
    'https://github.com/acme/monitor.git#main:images/web',
    'https://github.com/acme/monitor/raw/HEAD/images/web/README.md',
  ],
  ['https://gitlab.com/a/b/c', 'https://gitlab.com/a/b/c/-/raw/HEAD/README.md'],
  ['https://github.com/acme/monitor#main:../../../x', 'https://github.com/acme/monitor/raw/HEAD/x/README.md'],
])('looks for the README of %s', (source, first) => {
  expect(findSourceLinks(source)[0]?.href).toBe(first);
});

test.each([null, 'https://example.org/acme/monitor', 'http://127.0.0.1/a/b', 'nonsense'])(
  'knows no README of %s',
  (source) => {
    expect(findSourceLinks(source)).toEqual([]);
  },
);

test.each([
  ['https://github.com/a/b/blob/main/README.md#x', 'https://github.com/a/b/raw/main/README.md'],
  ['https://gitlab.example.org/a/b/-/blob/main/README.md', 'https://gitlab.example.org/a/b/-/raw/main/README.md'],
  ['https://example.org/blob/README.md', 'https://example.org/blob/README.md'],
])('fetches the content of %s', (link, raw) => {
  expect(toRawLink(link)?.href).toBe(raw);
});

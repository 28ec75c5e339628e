import { expect, test } from 'vitest';
import { splitTag } from './tag-filter.ts';

test.each([
  ['tag:1.27', '', '1.27'],
  ['nginx tag:1.27-alpine', 'nginx', '1.27-alpine'],
  ['TAG:Latest web server', 'web server', 'Latest'],
  ['tag:1 tag:2', 'tag:2', '1'],
  ['nginx:1.27', 'nginx:1.27', null],
  ['acme/tag:1', 'acme/tag:1', null],
  ['tag:', 'tag:', null],
  ['tag:a/b', 'tag:a/b', null],
])('%j', (query, rest, tag) => {
  expect(splitTag(query)).toEqual({ rest, tag });
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { NoTags } from './no-tags.tsx';

const textOf = (isAttached: boolean, query: string) =>
  renderToStaticMarkup(<NoTags allHref="/all" isAttached={isAttached} query={query} />).replace(/<[^>]*>/g, ' ');

test.each([
  [false, '', 'No tags'],
  [false, '9.9', 'No tag contains “9.9”', 'Show all tags'],
  [false, 'sha256:00', 'No tag points to “sha256:00”', 'Show all tags'],
  [true, '', 'No attachments or build caches'],
  [true, '.sig', 'No attachment contains “.sig”', 'Show all attachments'],
  [true, 'sha256:00', 'No attachment points to “sha256:00”', 'Show all attachments'],
])('of attachments: %s, filtered by “%s”: %s', (isAttached, query, ...expected) => {
  const text = textOf(isAttached, query);
  for (const part of expected) expect(text).toContain(part);
  expect(/tags?\b/.test(text)).toBe(!isAttached);
});

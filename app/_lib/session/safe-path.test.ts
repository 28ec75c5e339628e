import { expect, test } from 'vitest';
import { safePath } from './safe-path.ts';

test.each(['/console', '/ada/tools/-/tags?sort=name', '/search?q=%2F%2Fx'])('%j stays', (path) => {
  expect(safePath(path, '/')).toBe(path);
});

test.each([
  undefined,
  '',
  'console',
  'https://evil.test/',
  '//evil.test',
  '/\\evil.test',
  '/\t/evil.test',
  '\t//evil.test',
  '/.//evil.test',
  '/x/..//evil.test',
  'javascript:alert(1)',
  ['/console'],
  `/${'a'.repeat(3_000)}`,
])('%j does not lead anywhere', (path) => {
  expect(safePath(path, '/console')).toBe('/console');
});

import { expect, test } from 'vitest';
import { readRateLimit, readRetryAfter } from './read-limits.ts';

const NOW = Date.parse('2024-05-01T10:00:00Z');

test.each([
  ['30', 30],
  [' 30 ', 30],
  ['0', 1],
  ['999999999999999999999', 3_600],
  ['Wed, 01 May 2024 10:02:00 GMT', 120],
  ['Wed, 01 May 2024 09:00:00 GMT', 1],
  ['Wed, 01 May 2124 09:00:00 GMT', 3_600],
  ['-1', null],
  ['1.5', null],
  ['soon', null],
  ['2024-05-01', null],
  ['Wed, 99 Xyz 2024 10:02:00 GMT', null],
  ['', null],
  [undefined, null],
])('Retry-After: %s is %s', (header, seconds) => {
  expect(readRetryAfter({ 'retry-after': header }, NOW)).toBe(seconds);
});

test("Docker Hub's remaining pulls", () => {
  const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
  expect(readRateLimit(headers, NOW)).toEqual({
    limit: 100,
    remaining: 76,
    windowSeconds: 21_600,
    seenAt: new Date(NOW),
  });
});

test.each([[{}], [{ 'ratelimit-limit': '100' }], [{ 'ratelimit-limit': 'x', 'ratelimit-remaining': '1' }]])(
  'no rate limit in %o',
  (headers) => {
    expect(readRateLimit(headers, NOW)).toBeNull();
  },
);

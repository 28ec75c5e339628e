import { expect, test } from 'vitest';
import { countOf, formatBytes } from './format-number.ts';
import { absoluteTime, timeAgo } from './time-ago.tsx';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [9_940, '9.9 kB'],
  [9_960, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [734_003_200n, '734 MB'],
  [5_368_709_120n, '5.4 GB'],
  [12_345_678_901_234_567n, '12346 TB'],
])('%s bytes are %s', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test('one of a thing, many of a thing', () => {
  expect(countOf(1, 'tag')).toBe('1 tag');
  expect(countOf(1_204n, 'tag')).toBe('1,204 tags');
  expect(countOf(0, 'repository', 'repositories')).toBe('0 repositories');
});

const NOW = new Date('2026-11-23T12:00:00Z');

test.each([
  ['2026-11-23T11:59:31Z', 'just now'],
  ['2026-11-23T12:00:30Z', 'in a moment'],
  ['2026-11-23T11:58:00Z', '2 minutes ago'],
  ['2026-11-23T09:00:00Z', '3 hours ago'],
  ['2026-11-22T11:00:00Z', 'yesterday'],
  ['2026-12-22T23:00:00Z', 'in 29 days'],
  ['2024-11-20T00:00:00Z', '2 years ago'],
])('%s is %s', (date, expected) => {
  expect(timeAgo(new Date(date), NOW)).toBe(expected);
});

test('the whole of a time is in UTC', () => {
  expect(absoluteTime(new Date('2026-11-23T14:05:59Z'))).toBe('23 Nov 2026, 14:05 UTC');
});

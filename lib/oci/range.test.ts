import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatUploadRange, parseContentRange, parseRange } from './range.ts';

describe('parseRange', () => {
  test.each([
    ['bytes=500-1499', { start: 500, end: 1499 }],
    ['bytes=500-', { start: 500, end: 2999 }],
    ['bytes=-500', { start: 2500, end: 2999 }],
    ['bytes=-5000', { start: 0, end: 2999 }],
    ['bytes=2000-5000', { start: 2000, end: 2999 }],
    ['bytes=500-0', 'unsatisfiable'],
    ['bytes=3000-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=0-1,5-6', null],
    ['bytes=-', null],
    ['lines=1-2', null],
    [`bytes=${'9'.repeat(400)}-`, null],
    [undefined, null],
  ])('%s of 3000 bytes', (header, expected) => {
    expect(parseRange(header, 3000)).toEqual(expected);
  });

  it('never leaves the blob, whatever the header', () => {
    const digits = fc.oneof(fc.constant(''), fc.nat().map(String), fc.constant('999999999999999'));
    fc.assert(
      fc.property(digits, digits, fc.nat(), (first, last, sizeBytes) => {
        const range = parseRange(`bytes=${first}-${last}`, sizeBytes);
        if (range === null || range === 'unsatisfiable') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(sizeBytes);
      }),
    );
  });
});

describe('parseContentRange', () => {
  test.each([
    ['0-9', { start: 0, end: 9 }],
    ['bytes 10-19/*', { start: 10, end: 19 }],
    ['9-0', null],
    ['0', null],
    ['-1-5', null],
    ['0-9, 10-19', null],
    ['a-b', null],
  ])('%s', (header, expected) => {
    expect(parseContentRange(header)).toEqual(expected);
  });
});

test('formatUploadRange never goes below 0-0', () => {
  expect([0, 1, 2].map(formatUploadRange)).toEqual(['0-0', '0-0', '0-1']);
});

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

  // RFC 9110 §14.1.2, byte by byte.
  const selectBytes = (first: string, last: string, sizeBytes: number): number[] => {
    const all = Array.from({ length: sizeBytes }, (_, i) => i);
    if (first === '') return Number(last) === 0 ? [] : all.slice(-Number(last));
    return all.filter((i) => i >= Number(first) && (last === '' || i <= Number(last)));
  };

  it('selects the same bytes as the RFC', () => {
    const digits = fc.oneof(fc.constant(''), fc.nat(40).map(String), fc.constant('999999999999999'));
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: 1, max: 30 }), (first, last, sizeBytes) => {
        fc.pre(first !== '' || last !== '');
        const range = parseRange(`bytes=${first}-${last}`, sizeBytes);
        if (range === null) throw new Error('parseRange ignored a single range');
        const bytes = selectBytes(first, last, sizeBytes);
        expect(range).toEqual(bytes.length === 0 ? 'unsatisfiable' : { start: bytes[0], end: bytes.at(-1) });
      }),
    );
  });

  it('returns null for anything but a single range, and for an empty body', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), fc.nat(), (header, sizeBytes) => {
        fc.pre(!/^\s*bytes=\d*-\d*\s*$/.test(header));
        expect(parseRange(header, sizeBytes)).toBeNull();
      }),
    );
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) expect(parseRange(header, 0)).toBeNull();
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

  it('agrees with the spec’s regular expression, except for reversed ranges and oversized numbers', () => {
    const text = fc.oneof(
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `${a}-${b}`),
      fc.string({ unit: fc.constantFrom(...'019- ,') }),
    );
    fc.assert(
      fc.property(text, (header) => {
        const [first, last] = /^[0-9]+-[0-9]+$/.test(header.trim()) ? header.split('-').map(Number) : [];
        const isRange = first !== undefined && last !== undefined && first <= last && last < 1e15;
        fc.pre(header.length <= 15);
        expect(parseContentRange(header)).toEqual(isRange ? { start: first, end: last } : null);
      }),
    );
  });

  it('parses the Range header of upload responses', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e14 }), (offsetBytes) => {
        expect(parseContentRange(formatUploadRange(offsetBytes))).toEqual({ start: 0, end: offsetBytes - 1 });
      }),
    );
  });
});

test('formatUploadRange never goes below 0-0', () => {
  expect([0, 1, 2].map(formatUploadRange)).toEqual(['0-0', '0-0', '0-1']);
});

import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { anyName } from '#lib/testing/images/oci-arbitraries.ts';
import { isName, splitFullName } from './name.ts';

// The spec's regular expression backtracks, so use it only on short strings.
const SPEC = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

describe('isName', () => {
  test.each(['a', 'a/b', 'foo/manifests/bar', 'x/blobs/uploads', 'a--b/c__d/e.f', '0/1'])('accepts %s', (name) => {
    expect(isName(name)).toBe(true);
  });

  test.each(['', '/', 'a/', '/a', 'a//b', 'A/b', 'a/..', '../a', 'a/%2f', 'a___b', '-a', 'a-', 'a\n', 'ä', 'a b'])(
    'rejects %j',
    (name) => {
      expect(isName(name)).toBe(false);
    },
  );

  it('agrees with the spec’s regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab0._-/A%'), maxLength: 20 });
    fc.assert(fc.property(text, (name) => isName(name) === SPEC.test(name)));
  });

  it('accepts every name in the grammar up to 255 characters', () => {
    fc.assert(fc.property(anyName, (name) => isName(name) && SPEC.test(name)));
    expect(isName('a'.repeat(255))).toBe(true);
    expect(isName('a'.repeat(256))).toBe(false);
  });

  it('never runs a regular expression on more than 255 characters', () => {
    const regexTest = vi.spyOn(RegExp.prototype, 'test');
    const testedLength = (text: string) => {
      regexTest.mockClear();
      isName(text);
      return regexTest.mock.calls.reduce((sum, [part]) => sum + part.length, 0);
    };
    const hostile = fc
      .constantFrom('a-', 'a/', 'a_', 'a.', '-', '/', 'a')
      .chain((piece) =>
        fc.tuple(fc.nat(2_000), fc.constantFrom('', '!', '-')).map(([times, end]) => piece.repeat(times) + end),
      );
    try {
      fc.assert(fc.property(hostile, (text) => testedLength(text) <= 255));
      expect(testedLength(`${'a-'.repeat(500_000)}!`)).toBe(0);
    } finally {
      regexTest.mockRestore();
    }
  });
});

describe('splitFullName', () => {
  it('splits at the first slash', () => {
    expect(splitFullName('ada/tools/curl')).toEqual({ alias: 'ada', name: 'tools/curl' });
  });

  it('returns null for a single component', () => {
    expect(splitFullName('ada')).toBeNull();
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(anyName, (fullName) => {
        const parts = splitFullName(fullName);
        expect(parts === null ? fullName : `${parts.alias}/${parts.name}`).toBe(fullName);
        expect(parts === null).toBe(!fullName.includes('/'));
      }),
    );
  });
});

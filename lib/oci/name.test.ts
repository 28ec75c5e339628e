import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { anyName } from '#lib/testing/images/oci-arbitraries.ts';
import { isName, splitFullName } from './name.ts';

// The expression of the spec, which backtracks: safe on short text only.
const SPEC = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

describe('isName', () => {
  test.each(['a', 'a/b', 'foo/manifests/bar', 'x/blobs/uploads', 'a--b/c__d/e.f', '0/1'])('takes %s', (name) => {
    expect(isName(name)).toBe(true);
  });

  test.each(['', '/', 'a/', '/a', 'a//b', 'A/b', 'a/..', '../a', 'a/%2f', 'a___b', '-a', 'a-', 'a\n', 'ä', 'a b'])(
    'refuses %j',
    (name) => {
      expect(isName(name)).toBe(false);
    },
  );

  it('agrees with the expression of the spec', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab0._-/A%'), maxLength: 20 });
    fc.assert(fc.property(text, (name) => isName(name) === SPEC.test(name)));
  });

  it('takes whatever the grammar makes, up to a length', () => {
    fc.assert(fc.property(anyName, (name) => isName(name) && SPEC.test(name)));
    expect(isName('a'.repeat(255))).toBe(true);
    expect(isName('a'.repeat(256))).toBe(false);
  });

  it('gives no expression more to look at than a name has, however long the text', () => {
    const looks = vi.spyOn(RegExp.prototype, 'test');
    const lookedAt = (text: string) => {
      looks.mockClear();
      isName(text);
      return looks.mock.calls.reduce((sum, [part]) => sum + part.length, 0);
    };
    const hostile = fc
      .constantFrom('a-', 'a/', 'a_', 'a.', '-', '/', 'a')
      .chain((piece) =>
        fc.tuple(fc.nat(2_000), fc.constantFrom('', '!', '-')).map(([times, end]) => piece.repeat(times) + end),
      );
    try {
      fc.assert(fc.property(hostile, (text) => lookedAt(text) <= 255));
      expect(lookedAt(`${'a-'.repeat(500_000)}!`)).toBe(0);
    } finally {
      looks.mockRestore();
    }
  });
});

describe('splitFullName', () => {
  it('splits at the first slash', () => {
    expect(splitFullName('ada/tools/curl')).toEqual({ alias: 'ada', name: 'tools/curl' });
  });

  it('has nothing to split in a single component', () => {
    expect(splitFullName('ada')).toBeNull();
  });

  it('and can be put together again', () => {
    fc.assert(
      fc.property(anyName, (fullName) => {
        const parts = splitFullName(fullName);
        expect(parts === null ? fullName : `${parts.alias}/${parts.name}`).toBe(fullName);
        expect(parts === null).toBe(!fullName.includes('/'));
      }),
    );
  });
});

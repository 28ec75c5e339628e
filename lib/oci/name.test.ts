import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
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

  it('caps the length, and answers long hostile names at once', () => {
    expect(isName('a'.repeat(255))).toBe(true);
    expect(isName('a'.repeat(256))).toBe(false);
    const startedAt = performance.now();
    isName(`${'a-'.repeat(500_000)}!`);
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});

describe('splitFullName', () => {
  it('splits at the first slash', () => {
    expect(splitFullName('ada/tools/curl')).toEqual({ alias: 'ada', name: 'tools/curl' });
  });

  it('has nothing to split in a single component', () => {
    expect(splitFullName('ada')).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { anyDigest } from '#lib/testing/images/oci-arbitraries.ts';
import { digestAlgorithm, digestHex, parseDigest, toDigest } from './digest.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

describe('parseDigest', () => {
  test.each([
    ['an uppercase digit', `sha256:${'A'.repeat(64)}`],
    ['one digit too few', `sha256:${'a'.repeat(63)}`],
    ['one digit too many', `sha256:${'a'.repeat(65)}`],
    ['an unsupported algorithm', `md5:${'a'.repeat(32)}`],
    ['the length of the other algorithm', `sha512:${'a'.repeat(64)}`],
    ['a missing algorithm', 'a'.repeat(64)],
    ['a trailing newline', `sha256:${'a'.repeat(64)}\n`],
    ['an empty string', ''],
  ])('rejects %s', (_what, text) => {
    expect(parseDigest(text)).toBeNull();
  });

  it('parses what toDigest builds', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.tuple(fc.constant('sha256' as const), hex(64)), fc.tuple(fc.constant('sha512' as const), hex(128))),
        ([algorithm, digits]) => {
          const digest = toDigest(algorithm, digits);
          expect(parseDigest(digest)).toBe(digest);
          expect(digestAlgorithm(digest)).toBe(algorithm);
          expect(digestHex(digest)).toBe(digits);
        },
      ),
    );
  });

  it('agrees with the spec’s grammar on digests with one edited character', () => {
    const isDigestByGrammar = (text: string) => {
      const [algorithm = '', encoded = '', ...rest] = text.split(':');
      const length = { sha256: 64, sha512: 128 }[algorithm];
      return (
        rest.length === 0 && encoded.length === length && [...encoded].every((c) => '0123456789abcdef'.includes(c))
      );
    };
    const character = fc.constantFrom(...'0af:gF-+_. \n\0é');
    fc.assert(
      fc.property(anyDigest, fc.nat(140), character, fc.nat(1), (digest, at, replacement, removed) => {
        const text = digest.slice(0, at) + replacement + digest.slice(at + removed);
        expect(parseDigest(text)).toBe(isDigestByGrammar(text) ? text : null);
      }),
    );
  });
});

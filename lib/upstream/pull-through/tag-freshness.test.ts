import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern, tagTtlSeconds } from './tag-freshness.ts';

test.each([
  ['latest', 'latest', true],
  ['latest', 'latest2', false],
  ['*', 'anything', true],
  ['v*', 'v1.2', true],
  ['v*', 'rv1.2', false],
  ['*-slim', 'v1-slim', true],
  ['v*-slim', 'v1-slim', true],
  ['v*-slim', 'v-slim', true],
  ['v*v', 'v', false],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'a1c2b', false],
  ['**', '', true],
])('%s matches %s: %s', (pattern, tag, expected) => {
  expect(matchesPattern(pattern, tag)).toBe(expected);
});

test('a pattern matches its pieces with anything in between', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.array(piece, { minLength: 4 }), (pieces, fill) => {
      const tag = pieces.map((text, i) => (i === 0 ? text : `${fill[i] ?? ''}${text}`)).join('');
      expect(matchesPattern(pieces.join('*'), tag)).toBe(true);
    }),
  );
});

test('the first matching rule applies, and few remaining pulls extend the TTL', () => {
  const settings = { tagTtlSeconds: 300, tagRules: [{ pattern: 'v*', ttlSeconds: 3600 }] };
  const rateLimit = { limit: 100, remaining: 50, windowSeconds: 21_600, seenAt: new Date() };
  expect(tagTtlSeconds(settings, 'latest', null)).toBe(300);
  expect(tagTtlSeconds(settings, 'v1', rateLimit)).toBe(3600);
  expect(tagTtlSeconds(settings, 'latest', { ...rateLimit, remaining: 9 })).toBe(3600);
});

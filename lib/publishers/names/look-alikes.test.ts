import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldAlias } from './fold-alias.ts';
import { cappedEditDistance, findLikeness, trigramSimilarity } from './look-alikes.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9]{1,10}(?:[._-][a-z0-9]{1,6}){0,2}$/);

describe('foldAlias', () => {
  test('maps look-alike spellings to the same key', () => {
    fc.assert(
      fc.property(name, (text) => {
        const disguised = text
          .replaceAll('o', '0')
          .replaceAll('l', '1')
          .replaceAll('m', 'rn')
          .replaceAll('w', 'vv')
          .replace(/[._-]/g, '');
        expect(foldAlias(disguised)).toBe(foldAlias(text));
        expect(foldAlias(text.toUpperCase())).toBe(foldAlias(text));
      }),
    );
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(foldAlias(foldAlias(text))).toBe(foldAlias(text));
      }),
    );
  });
});

describe('cappedEditDistance', () => {
  test('is 1 for a single edit, and symmetric', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{5,12}$/),
        fc.nat(11),
        fc.constantFrom('drop', 'add', 'change', 'swap'),
        (word, where, edit) => {
          const at = where % (word.length - 1);
          const [head, tail] = [word.slice(0, at), word.slice(at)];
          const edited = {
            drop: head + tail.slice(1),
            add: `${head}0${tail}`,
            change: `${head}0${tail.slice(1)}`,
            swap: head + (tail[1] ?? '') + (tail[0] ?? '') + tail.slice(2),
          }[edit];
          expect(cappedEditDistance(word, edited)).toBe(word === edited ? 0 : 1);
          expect(cappedEditDistance(edited, word)).toBe(cappedEditDistance(word, edited));
        },
      ),
    );
  });
});

describe('findLikeness', () => {
  test.each([
    ['m0zilla', 'mozilla', /looks the same/],
    ['mozi11a', 'mozilla', /looks the same/],
    ['mozila', 'mozilla', /one character/],
    ['mozilka', 'mozilla', /adjacent key/],
    ['tools-acme', 'acme-tools', /different order/],
    ['mozilla-official', 'mozilla', /official/],
    ['docker-nginx', 'nginx', /official/],
    ['kubernetess', 'kubernetes', /one character/],
  ])('%s looks like %s', (a, b, expected) => {
    expect(findLikeness(a, b)).toMatch(expected);
  });

  test.each([
    ['nginx', 'redis'],
    ['acme', 'acne'],
    ['postgres', 'prometheus'],
    ['go', 'gp'],
  ])('%s does not look like %s', (a, b) => {
    expect(findLikeness(a, b)).toBeNull();
  });

  test('is irreflexive and symmetric', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(findLikeness(a, a)).toBeNull();
        expect(findLikeness(a, b) === null).toBe(findLikeness(b, a) === null);
      }),
    );
  });

  test('trigram similarity is between 0 and 1, and 1 for equal words', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(trigramSimilarity(a, a)).toBe(1);
        expect(trigramSimilarity(a, b)).toBeGreaterThanOrEqual(0);
        expect(trigramSimilarity(a, b)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

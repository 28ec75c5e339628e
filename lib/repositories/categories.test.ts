import { expect, test } from 'vitest';
import { CATEGORIES, categoriesSchema, CATEGORY_CHOICES, categoryLabel } from './categories.ts';

test('every category has a slug for URLs and a label in sentence case', () => {
  for (const [slug, label] of Object.entries(CATEGORIES)) {
    expect(slug).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(label).toMatch(/^[A-Z]/);
  }
  expect(CATEGORY_CHOICES.map(({ text }) => text)).toEqual(Object.values(CATEGORIES).sort());
});

test.each([
  ['none', [], true],
  ['three', ['databases', 'monitoring', 'security'], true],
  ['four', ['databases', 'monitoring', 'security', 'games'], false],
  ['an unknown slug', ['cheese'], false],
  ['a name that every object has', ['constructor'], false],
  ['the same twice', ['games', 'games'], false],
])('a choice of %s', (_what, slugs, isValid) => {
  expect(categoriesSchema.safeParse(slugs).success).toBe(isValid);
});

test('an unknown slug is its own label', () => {
  expect([categoryLabel('databases'), categoryLabel('toString')]).toEqual(['Databases and storage', 'toString']);
});

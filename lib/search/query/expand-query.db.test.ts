import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { deletionsOf } from './edit-distance.ts';
import { expandQuery } from './expand-query.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

async function learn(words: string[]): Promise<void> {
  const rows = words.map((word) => ({ word, popularity: 1, deletions: deletionsOf(word) }));
  await site.app.db.searchWord.createMany({ data: rows, skipDuplicates: true });
}

async function correct(query: string): Promise<string[][]> {
  const { words } = await expandQuery(site.app.db, query);
  return words.map(({ corrections }) => corrections);
}

test('corrects the first four mistyped words', async () => {
  const known = ['grafana', 'prometheus', 'keycloak', 'traefik', 'vaultwarden', 'nextcloud'];
  await learn(known);
  const mistyped = known.map((word) => `${word.slice(0, -2)}${word.at(-1)}${word.at(-2)}`);
  expect(await correct(mistyped.join(' '))).toEqual([...known.slice(0, 4).map((word) => [word]), [], []]);
  // Known words don't count towards the limit.
  const late = [...known.slice(0, 5), ...mistyped.slice(5)].join(' ');
  expect((await correct(late)).at(-1)).toEqual(['nextcloud']);
});

test('corrects words up to a length that people type', async () => {
  const [typed, pasted] = ['q'.repeat(32), 'z'.repeat(33)];
  await learn([`${typed.slice(1)}a`, `${pasted.slice(1)}a`]);
  expect(await correct(`${typed} ${pasted}`)).toEqual([[`${typed.slice(1)}a`], []]);
});

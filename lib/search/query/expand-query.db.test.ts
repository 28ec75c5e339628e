import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { EXAMPLE_DOCUMENT } from '#lib/search/example-document.ts';
import { saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
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

test('corrects a typo that leaves the stem as it is, and no other form of a word', async () => {
  const { db } = site.app;
  await learn(['management', 'database', 'failing']);
  const registry = await db.registry.create({ data: { registryId: '100000000001' } });
  const { id } = await db.repository.create({ data: { registryKey: registry.id, name: 'any' } });
  const about = 'Management of databases and mailing lists';
  await saveSearchDocuments({ db }, [
    {
      ...EXAMPLE_DOCUMENT,
      description: '',
      repositoryId: id,
      registryKey: registry.id,
      name: 'any',
      aliases: ['any'],
      displayName: '',
      about,
    },
  ]);
  expect(await correct('managment')).toEqual([['management']]);
  expect(await correct('databases mailing manage')).toEqual([[], [], []]);
});

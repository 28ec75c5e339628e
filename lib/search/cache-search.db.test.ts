import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { cacheSearch } from './cache-search.ts';
import { readSearchVersion } from './cache-search.sql.ts';
import { removeSearchDocuments, saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { createPostgresIndex } from '#lib/search/postgres/postgres-index.ts';
import { EXAMPLE_DOCUMENT } from './example-document.ts';
import { FACETS, type SearchDocument, type SearchFacets } from './schema.ts';
import type { SearchIndex } from './search-index.ts';

let site: TestApp;
let registryKey: bigint;
beforeAll(async () => {
  site = await createTestApp();
  const { db } = site.app;
  registryKey = (await db.registry.create({ data: { registryId: '100000000001' } })).id;
  for (let id = 1n; id <= 3n; id += 1n) {
    await db.repository.create({ data: { id, registryKey, name: `repository-${id}` } });
  }
});
afterAll(() => site.close());

const ask = vi.fn<SearchIndex['search']>();
let index: SearchIndex;
beforeEach(async () => {
  const { db } = site.app;
  await removeSearchDocuments({ db }, [1n, 2n, 3n]);
  await saveSearchDocuments({ db }, [document(1n, 'nginx')]);
  const postgres = createPostgresIndex(db);
  ask.mockReset().mockImplementation((query) => postgres.search(query));
  index = cacheSearch({ ...postgres, search: ask }, { db, ttlMs: 60_000 });
});

const document = (repositoryId: bigint, name: string): SearchDocument => ({
  ...EXAMPLE_DOCUMENT,
  repositoryId,
  registryKey,
  aliases: [`${name}s`],
  name,
  displayName: name,
});

const NO_FACETS = Object.fromEntries(FACETS.map((name) => [name, []])) as unknown as SearchFacets;

/** A version without changes younger than a running transaction, which other databases of the same server have too. */
const SETTLED = /\/$/u;

const search = (query: string, filters = {}) =>
  index.search({ query, filters, sort: 'relevance', offset: 0, limit: 10 });
const find = async (query: string) => (await search(query)).hits.map(({ name }) => name);

describe('a cached search', () => {
  test('shares one answer between repeated and concurrent searches until a document changes', async () => {
    await vi.waitFor(async () => expect(await readSearchVersion(site.app.db)).toMatch(SETTLED), 30_000);
    const [first, second] = await Promise.all([find('nginx'), find('nginx')]);
    expect([first, second, await find('nginx')]).toEqual([['nginx'], ['nginx'], ['nginx']]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  test('keeps different queries apart', async () => {
    await saveSearchDocuments(site.app, [document(2n, 'nginx-exporter')]);
    expect((await search('nginx')).total).toBe(2);
    expect((await search('nginx', { platform: 'windows/amd64' })).total).toBe(0);
    expect((await search('exporter')).total).toBe(1);
    expect((await index.suggest({ query: 'nginx', limit: 1 })).repositories).toHaveLength(1);
    expect((await index.suggest({ query: 'nginx', limit: 2 })).repositories).toHaveLength(2);
    expect((await index.countFacets({ query: 'nginx', filters: {} })).platform).toEqual([
      { value: 'linux/amd64', count: 2 },
    ]);
    expect((await index.countFacets({ query: 'exporter', filters: {} })).platform).toEqual([
      { value: 'linux/amd64', count: 1 },
    ]);
  });

  test('reflects additions, changes and removals in the next search', async () => {
    expect(await find('nginx')).toEqual(['nginx']);
    await saveSearchDocuments(site.app, [document(2n, 'nginx')]);
    expect(await find('nginx')).toEqual(['nginx', 'nginx']);
    await saveSearchDocuments(site.app, [document(2n, 'redis')]);
    expect(await find('nginx')).toEqual(['nginx']);
    await removeSearchDocuments(site.app, [1n]);
    expect(await find('nginx')).toEqual([]);
  });

  test('reflects an older transaction that commits after a younger one', async () => {
    const isSaved = Promise.withResolvers<undefined>();
    const mayEnd = Promise.withResolvers<undefined>();
    const older = site.app.db.$transaction(async (tx) => {
      await saveSearchDocuments({ db: tx }, [document(2n, 'older')]);
      isSaved.resolve(undefined);
      await mayEnd.promise;
    });
    await isSaved.promise;
    await saveSearchDocuments(site.app, [document(3n, 'younger')]);
    expect([await find('older'), await find('younger')]).toEqual([[], ['younger']]);
    mayEnd.resolve(undefined);
    await older;
    expect([await find('older'), await find('younger')]).toEqual([['older'], ['younger']]);
  });

  test('keeps the facets of a large gallery despite changes, and no others', async () => {
    const count = vi.fn<SearchIndex['countFacets']>();
    index = cacheSearch(
      { ...createPostgresIndex(site.app.db), countFacets: count },
      { db: site.app.db, ttlMs: 60_000 },
    );
    const askAfterChange = async (query: string, filters = {}) => {
      await saveSearchDocuments(site.app, [document(2n, 'redis')]);
      return (await index.countFacets({ query, filters })).kind[0]?.count;
    };
    const having = (images: number) => ({ ...NO_FACETS, kind: [{ value: 'image', count: images }] });
    for (const found of [10_000, 10_001, 10_002, 10_003, 10_004, 10_005]) count.mockResolvedValueOnce(having(found));
    expect(await askAfterChange('')).toBe(10_000);
    expect(await askAfterChange('')).toBe(10_001);
    expect(await askAfterChange('')).toBe(10_001);
    expect(await askAfterChange('', { kind: 'image' })).toBe(10_002);
    expect(await askAfterChange('redis')).toBe(10_003);
    expect(await askAfterChange('redis')).toBe(10_004);
  });

  test('does not cache failures', async () => {
    ask.mockRejectedValueOnce(new Error('away'));
    await expect(find('nginx')).rejects.toThrow('away');
    expect(await find('nginx')).toEqual(['nginx']);
  });

  test('expires after its TTL', async () => {
    index = cacheSearch({ ...createPostgresIndex(site.app.db), search: ask }, { db: site.app.db, ttlMs: 1 });
    await find('nginx');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await find('nginx');
    expect(ask).toHaveBeenCalledTimes(2);
  });
});

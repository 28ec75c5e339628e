import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batches } from '#lib/platform/concurrency/batches.ts';
import { EXAMPLE_DOCUMENT } from '#lib/search/example-document.ts';
import { FACETS, MAX_COUNTED, type FacetName, type SearchDocument, type SearchFilters } from '#lib/search/schema.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { saveSearchDocuments } from './document-store.ts';
import { createPostgresIndex } from './postgres-index.ts';

const COMMON = 12_000;
const RARE = 300;

let site: TestApp;
let index: SearchIndex;
beforeAll(async () => {
  site = await createTestApp();
  const { db } = site.app;
  const { id: registryKey } = await db.registry.create({ data: { registryId: '100000000001' } });
  const ids = Array.from({ length: COMMON + RARE }, (_, n) => BigInt(n + 1));
  for (const some of batches(ids)) {
    await db.repository.createMany({ data: some.map((id) => ({ id, registryKey, name: `app-${id}` })) });
    await saveSearchDocuments(
      { db },
      some.map((id) => toDocument(id, registryKey)),
    );
  }
  await site.app.pool.query('ANALYZE search_repositories');
  index = createPostgresIndex(db);
}, 120_000);
afterAll(() => site.close());

/** Every tenth is a chart, every third is under MIT, and so on. */
function toDocument(repositoryId: bigint, registryKey: bigint): SearchDocument {
  const n = Number(repositoryId);
  const isCommon = n <= COMMON;
  return {
    ...EXAMPLE_DOCUMENT,
    repositoryId,
    registryKey,
    aliases: ['acme'],
    name: `app-${n}`,
    description: isCommon ? 'Exports metrics.' : 'Exports traces.',
    kind: n % 10 === 0 ? 'chart' : 'image',
    licences: [n % 3 === 0 ? 'MIT' : 'Apache-2.0', ...(n === 7 ? ['Zlib'] : [])],
    verified: n % 16 === 0,
    platforms: n % 2 === 0 ? ['linux/amd64', 'linux/arm64'] : ['linux/amd64'],
  };
}

const count = (query: string, filters: SearchFilters = {}) => index.countFacets({ query, filters });
const find = (query: string, filters: SearchFilters = {}) =>
  index.search({ query, filters, sort: 'pulls', offset: 0, limit: 1 });

/** Allows an estimate to be wrong by a tenth. */
const near = (exact: number) => ({
  asymmetricMatch: (value: unknown) => typeof value === 'number' && Math.abs(value - exact) < exact / 10,
});

describe('facets of a word that very many repositories have', () => {
  test('are estimated from a sample', async () => {
    expect((await find('metrics')).total).toBe(MAX_COUNTED + 1);
    const facets = await count('metrics');
    expect(facets.estimated).toEqual(FACETS);
    expect(facets).toMatchObject({
      kind: [
        { value: 'image', count: near(COMMON * 0.9) },
        { value: 'chart', count: near(COMMON * 0.1) },
      ],
      verified: [{ value: '1', count: near(COMMON / 16) }],
      platform: [
        { value: 'linux/amd64', count: near(COMMON) },
        { value: 'linux/arm64', count: near(COMMON / 2) },
      ],
      category: [],
    });
  });

  test('are exact within filters that few pass, but for what could be chosen instead', async () => {
    const filters = { kind: 'chart', isVerified: true } as const;
    const { total } = await find('metrics', filters);
    const facets = await count('metrics', filters);
    expect(facets.estimated).toEqual<FacetName[]>(['kind', 'verified']);
    expect(facets.platform[0]).toEqual({ value: 'linux/amd64', count: total });
    expect(facets.kind).toContainEqual({ value: 'chart', count: total });
    expect(facets.kind[0]).toMatchObject({ value: 'image', count: near(COMMON / 16 - total) });
    expect(facets.verified).toEqual([{ value: '1', count: total }]);
    const rare = await count('metrics', { licence: 'Zlib' });
    expect(rare.licence).toContainEqual({ value: 'Zlib', count: 1 });
    expect(rare).toMatchObject({ kind: [{ value: 'image', count: 1 }], estimated: ['licence'] });
  });

  test('are exact for other words', async () => {
    const facets = await count('traces');
    expect(facets).not.toHaveProperty('estimated');
    expect(facets.platform[0]).toEqual({ value: 'linux/amd64', count: RARE });
  });

  test('are exact for the whole gallery', async () => {
    const facets = await count('');
    expect(facets).not.toHaveProperty('estimated');
    expect(facets.platform[0]).toEqual({ value: 'linux/amd64', count: COMMON + RARE });
  });
});

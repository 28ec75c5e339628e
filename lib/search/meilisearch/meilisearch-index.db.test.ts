import { afterAll } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { startMeilisearch, whyNoMeilisearch, type TestMeilisearch } from '#lib/testing/servers/start-meilisearch.ts';
import { removeSearchDocuments, saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { feedMeilisearch } from './meilisearch-feed.ts';
import { createMeilisearchIndex } from './meilisearch-index.ts';
import { finished } from './meilisearch-server.ts';
import { describeSearchIndex } from '#lib/search/contract/search-index.contract.ts';

let site: TestApp | undefined;
let meilisearch: TestMeilisearch | undefined;
afterAll(async () => {
  await site?.close();
  await meilisearch?.close();
});

describeSearchIndex(
  'Meilisearch',
  async () => {
    site = await createTestApp();
    meilisearch = await startMeilisearch();
    const { db, pool } = site.app;
    const server = meilisearch.open();
    const registry = await db.registry.create({ data: { registryId: '100000000001' } });
    for (let id = 1n; id <= 6n; id += 1n) {
      await db.repository.create({ data: { id, registryKey: registry.id, name: `repository-${id}` } });
    }
    const feed = () => feedMeilisearch({ db, pool, server });
    await feed();
    // On a busy machine, the usual limits of time would cut searches short.
    await finished(server.writer.index(server.uids.live).updateSearchCutoffMs(60_000));
    return {
      index: createMeilisearchIndex({ db, server: { ...server, reader: server.writer } }),
      registryKey: registry.id,
      save: async (documents) => {
        await saveSearchDocuments({ db }, documents);
        await feed();
      },
      remove: async (ids) => {
        await removeSearchDocuments({ db }, ids);
        await feed();
      },
    };
  },
  whyNoMeilisearch(),
);

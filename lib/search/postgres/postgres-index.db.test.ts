import { afterAll } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { removeSearchDocuments, saveSearchDocuments } from './document-store.ts';
import { createPostgresIndex } from './postgres-index.ts';
import { describeSearchIndex } from '#lib/search/contract/search-index.contract.ts';

let site: TestApp | undefined;
afterAll(() => site?.close());

describeSearchIndex('Postgres search', async () => {
  site = await createTestApp();
  const { db } = site.app;
  const registry = await db.registry.create({ data: { registryId: '100000000001' } });
  for (let id = 1n; id <= 6n; id += 1n) {
    await db.repository.create({ data: { id, registryKey: registry.id, name: `repository-${id}` } });
  }
  return {
    index: createPostgresIndex(db),
    registryKey: registry.id,
    save: (documents) => saveSearchDocuments({ db }, documents),
    remove: (ids) => removeSearchDocuments({ db }, ids),
  };
});

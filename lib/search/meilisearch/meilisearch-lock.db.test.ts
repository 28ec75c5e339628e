import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { rebuildMeilisearch } from './meilisearch-feed.ts';
import type { MeilisearchServer } from './meilisearch-server.ts';

test('a rebuild waits for another process and then fails with a conflict', async () => {
  const { app, close } = await createTestApp();
  onTestFinished(close);
  const other = new pg.Client({ connectionString: app.config.databaseUrl });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('SELECT pg_advisory_lock(7700)');
  // Never called.
  const server = {} as MeilisearchServer;
  const rebuilt = rebuildMeilisearch({ ...app, server }, () => undefined, { lockSeconds: 1 });
  await expect(rebuilt).rejects.toMatchObject({
    code: 'conflict',
    message: 'Another process is filling the search index. Try again when it has finished.',
  });
});

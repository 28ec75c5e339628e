import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { rebuildMeilisearch } from './meilisearch-feed.ts';
import type { MeilisearchServer } from './meilisearch-server.ts';

test('a rebuild waits for another process for a while, and says so then', async () => {
  const { app, close } = await createTestApp();
  onTestFinished(close);
  const other = new pg.Client({ connectionString: app.config.databaseUrl });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('SELECT pg_advisory_lock(7700)');
  // It is never asked.
  const server = {} as MeilisearchServer;
  const rebuilt = rebuildMeilisearch({ ...app, server }, () => undefined, { lockSeconds: 1 });
  await expect(rebuilt).rejects.toMatchObject({
    code: 'conflict',
    message: 'Another process is filling the search index. Try again when it is done.',
  });
});

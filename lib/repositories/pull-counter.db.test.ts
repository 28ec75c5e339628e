import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createTestApp } from '#lib/testing/create-test-app.ts';

test('shutdown waits for a batch being written', async () => {
  const { app, createUser, close } = await createTestApp();
  onTestFinished(close);
  const { alias } = await createUser();
  const { registryKey } = await app.db.alias.findFirstOrThrow({ where: { name: alias } });
  const { id } = await app.db.repository.create({ data: { registryKey: registryKey ?? 0n, name: 'app' } });
  const other = new pg.Client({ connectionString: app.config.databaseUrl });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE pull_counts');

  app.pullCounter.count(id, 'v1');
  const events: string[] = [];
  const flushed = app.pullCounter.flush().then(() => events.push('written'));
  const closed = app.pullCounter.close().then(() => events.push('closed'));
  const isWaiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'pull_counts'::regclass`;
  await expect.poll(async () => (await other.query(isWaiting)).rowCount).toBe(1);
  await other.end();
  await Promise.all([flushed, closed]);
  expect(events).toEqual(['written', 'closed']);
  expect(await app.db.pullCount.findMany()).toMatchObject([{ repositoryId: id, tag: 'v1', count: 1n }]);
});

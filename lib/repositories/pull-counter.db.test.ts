import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';

const CREATED = '2026-01-01T00:00:00Z';

test('shutdown waits for a batch being written', async () => {
  const { app, createUser, close } = await createTestApp();
  onTestFinished(close);
  const { alias } = await createUser();
  const { registryKey } = await app.db.alias.findFirstOrThrow({ where: { name: alias } });
  const { id } = await app.db.repository.create({ data: { registryKey: registryKey ?? 0n, name: 'app' } });
  const other = new pg.Client({ connectionString: app.config.databaseUrl });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE pull_counts');

  app.pullCounter.count({ repositoryId: id, tag: 'v1', digest: 'sha256:0', userId: null });
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

test('a batch locks its repositories in the order of their ids', async () => {
  const { app, createUser, close } = await createTestApp();
  onTestFinished(close);
  const { alias } = await createUser();
  const { registryKey } = await app.db.alias.findFirstOrThrow({ where: { name: alias } });
  const data = Array.from({ length: 50 }, (_, at) => ({ registryKey: registryKey ?? 0n, name: `app-${at}` }));
  const created = await app.db.repository.createManyAndReturn({ data, select: { id: true } });
  const [first = 0n, ...others] = created.map(({ id }) => id).sort((a, b) => Number(a - b));
  // Moves its row behind the others.
  await app.db.repository.update({ where: { id: first }, data: { description: 'moved' } });
  const other = new pg.Client({ connectionString: app.config.databaseUrl });
  await other.connect();
  await other.query(`BEGIN; SELECT FROM repositories WHERE id = ${first} FOR NO KEY UPDATE`);

  for (const id of [...others, first]) {
    app.pullCounter.count({ repositoryId: id, tag: 'v1', digest: 'sha256:0', userId: null });
  }
  const flushed = app.pullCounter.flush();
  const isWaiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await other.query(isWaiting)).rowCount).toBe(1);
  const rest = await other.query('SELECT FROM repositories WHERE id = ANY ($1) FOR NO KEY UPDATE NOWAIT', [
    others.map(String),
  ]);
  expect(rest.rowCount).toBe(others.length);
  await other.query('COMMIT');
  await other.end();
  await flushed;
  expect(await app.db.pullCount.count()).toBe(created.length);
});

test('a manifest remembers its last pull, accurate to an hour', async () => {
  const { app, url, createUser, close } = await createTestApp();
  onTestFinished(close);
  const { alias, token } = await createUser();
  const client = createDistributionClient(url, token);
  const image = await buildImage({ platform: { os: 'linux', architecture: 'amd64' }, layers: [], created: CREATED });
  await client.push(`${alias}/app`, image, ['v1']);
  const read = async () => (await app.db.manifest.findFirstOrThrow({ where: { digest: image.digest } })).lastPulledAt;
  const pullAt = async (reference: string, time: string) => {
    vi.setSystemTime(time);
    await client.request('GET', `/v2/${alias}/app/manifests/${reference}`);
    await app.pullCounter.flush();
  };
  expect(await read()).toBeNull();

  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await pullAt('v1', '2026-11-29T10:00:00Z');
  expect(await read()).toEqual(new Date('2026-11-29T10:00:00Z'));
  await pullAt(image.digest, '2026-11-29T10:59:00Z');
  expect(await read()).toEqual(new Date('2026-11-29T10:00:00Z'));
  await pullAt(image.digest, '2026-11-29T11:01:00Z');
  expect(await read()).toEqual(new Date('2026-11-29T11:01:00Z'));
});

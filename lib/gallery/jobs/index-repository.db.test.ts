import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeSearchDocuments, saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildSearchDocument } from '#lib/gallery/build-search-document.ts';
import { indexRepository } from './index-repository.ts';
import { takeDownRepository } from '#lib/repositories/moderation/take-down-repository.ts';
import { refreshSearch } from './refresh-search.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

/** Pushes an image as a new user. Returns the repository's id. */
async function push(name: string, annotations: Record<string, string> = {}): Promise<bigint> {
  const owner = await site.createUser();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
    annotations,
  });
  await createDistributionClient(site.url, owner.token).push(`${owner.alias}/${name}`, image, ['v1']);
  return (await site.app.db.repository.findFirstOrThrow({ where: { name } })).id;
}

test('a deprecated repository is marked', async () => {
  const id = await push('outdated');
  const isMarked = async () => {
    await indexRepository(site.app, { repositoryId: String(id) });
    return (await site.app.db.searchRepository.findUniqueOrThrow({ where: { repositoryId: id } })).deprecated;
  };
  expect(await isMarked()).toBe(false);
  await site.app.db.repository.update({ where: { id }, data: { deprecatedAt: new Date() } });
  expect(await isMarked()).toBe(true);
});

test('stars are counted, except those of disabled accounts', async () => {
  const id = await push('starred');
  const countStarred = async () => {
    await indexRepository(site.app, { repositoryId: String(id) });
    return (await site.app.db.searchRepository.findUniqueOrThrow({ where: { repositoryId: id } })).starCount;
  };
  const fans = [await site.createUser(), await site.createUser()].map(({ caller }) => caller.principal.userId);
  await site.app.db.star.createMany({ data: fans.map((userId) => ({ repositoryId: id, userId })) });
  expect(await countStarred()).toBe(2);
  await site.app.db.user.update({ where: { id: fans[0] ?? '' }, data: { disabledAt: new Date() } });
  expect(await countStarred()).toBe(1);
});

test('an older run does not overwrite the document of a newer one', async () => {
  const { db, pool } = site.app;
  const id = await push('app');
  let later = Promise.resolve();
  await db.$transaction(
    async (tx) => {
      // Simulates a run that has read the rows but is slow to write the document.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`index-repository ${id}`}, 0))`;
      const old = await buildSearchDocument({ db: tx, config: site.app.config }, id);
      await db.repository.update({ where: { id }, data: { description: 'new' } });
      later = indexRepository(site.app, { repositoryId: String(id) });
      const waiting = async () =>
        (
          await pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
        ).rowCount;
      await expect.poll(waiting).toBe(1);
      if (old) await saveSearchDocuments({ db: tx }, [old]);
    },
    { timeout: 30_000 },
  );
  await later;
  expect(await db.searchRepository.findUniqueOrThrow({ where: { repositoryId: id } })).toMatchObject({
    description: 'new',
  });
});

test.each([
  ['quarantined', { quarantinedAt: new Date(), quarantineReason: 'malware' }],
  ['made private', { visibility: 'private' as const }],
])('a slow run does not list a repository that was %s meanwhile', async (what, change) => {
  const { db, pool } = site.app;
  const name = what.replaceAll(' ', '-');
  const id = await push(name);
  const read = await buildSearchDocument(site.app, id);
  let saving = Promise.resolve();
  await db.$transaction(async (tx) => {
    await tx.repository.update({ where: { id }, data: change });
    saving = saveSearchDocuments(site.app, read ? [read] : []);
    const waiting = async () =>
      (await pool.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
        .rowCount;
    await expect.poll(waiting).toBe(1);
    await removeSearchDocuments({ db: tx }, [id]);
  });
  await saving;
  expect(read).not.toBeNull();
  expect(await db.searchRepository.count({ where: { repositoryId: id } })).toBe(0);
});

test('a takedown waits for a run that is about to write the document', async () => {
  const { db, pool } = site.app;
  const id = await push('doomed');
  await indexRepository(site.app, { repositoryId: String(id) });
  const { caller } = await site.createUser({ role: 'admin' });
  const alias = await db.alias.findFirstOrThrow({ where: { registry: { repositories: { some: { id } } } } });
  const fullName = `${alias.name}/doomed`;
  const read = await buildSearchDocument(site.app, id);
  let takedown = Promise.resolve();
  await db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT FROM repositories WHERE id = ${id} FOR SHARE`;
    takedown = takeDownRepository(site.app, { caller, fullName, reason: 'Court order.' });
    const waiting = async () =>
      (await pool.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
        .rowCount;
    await expect.poll(waiting).toBe(1);
    // Deadlocks if the takedown already has the document.
    await saveSearchDocuments({ db: tx }, read ? [read] : []);
  });
  await takedown;
  expect(read).not.toBeNull();
  expect(await db.searchRepository.count({ where: { repositoryId: id } })).toBe(0);
});

test('an upgrade fills in what an older version has not read from images', async () => {
  const { db } = site.app;
  const id = await push('old', { 'org.opencontainers.image.licenses': 'Apache-2.0' });
  await db.repository.update({ where: { id }, data: { licences: [], baseSystem: null, imageBytes: null } });
  await db.searchState.deleteMany();
  await refreshSearch(site.app);
  const document = await db.searchRepository.findUniqueOrThrow({ where: { repositoryId: id } });
  expect(document.licences).toEqual(['Apache-2.0']);
  expect(document.sizeBytes).toBeGreaterThan(0n);
});

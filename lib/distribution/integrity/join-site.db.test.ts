import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { collectGarbageJob } from '#lib/distribution/jobs/collect-garbage.ts';
import { joinSite } from './join-site.ts';
import { scrubBlobs } from './scrub-blobs.ts';

const HOUR_MS = 3_600_000;
const BLOBS = 12;

let site: TestApp;
let client: RawClient;
let name: string;
beforeEach(async () => {
  site = await createTestApp();
  // Negative, because the database rounds its clock up to milliseconds.
  site.app.config.gcGraceSeconds = -1;
  const ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
  name = `${ada.alias}/tool`;
  for (let i = 0; i < BLOBS; i += 1) await client.pushBlob(name, `blob ${i}`);
});
afterEach(() => site.close());

const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'vitrine-other-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};
const openStore = async (dataDir: string) => {
  const { store, volume } = await openDisk(dataDir, { reserveBytes: null });
  return { blobs: store, volume };
};
const markOf = (dataDir: string) => join(dataDir, 'blobs', 'site-id');
const forgetSite = () => site.app.db.site.deleteMany();

/** Starts another App on the same database or folder. */
async function start(env: Record<string, string>): Promise<void> {
  const other = await createTestApp(env);
  await other.close();
}
const database = () => ({ DATABASE_URL: site.app.config.databaseUrl ?? '' });
const dataDir = () => ({ DATA_DIR: site.app.config.dataDir });

test('starts a replica on the same database and folder', async () => {
  await start({ ...database(), ...dataDir() });
});

test('rejects a replica with an empty folder, whose pushes others would lack', async () => {
  await expect(start(database())).rejects.toMatchObject({ code: 'conflict', message: /blob store in DATA_DIR lacks/ });
  await site.app.db.repository.deleteMany();
  await expect(start(database())).rejects.toMatchObject({ code: 'conflict', message: /store in DATA_DIR is empty/ });
});

test('rejects an empty database, or that of another site, on a folder with blobs', async () => {
  await expect(start(dataDir())).rejects.toMatchObject({ code: 'conflict' });
  await rm(markOf(site.app.config.dataDir));
  await expect(start(dataDir())).rejects.toMatchObject({
    code: 'conflict',
    message: /holds blobs that the database doesn't know/,
  });
  await writeFile(markOf(site.app.config.dataDir), '00000000-0000-4000-8000-000000000000\n');
  await expect(start({ ...database(), ...dataDir() })).rejects.toMatchObject({ message: /different sites/ });
});

test('rejects one of two concurrent first starts with separate folders', async () => {
  await site.app.db.repository.deleteMany();
  await site.app.db.blob.deleteMany();
  await forgetSite();
  const stores = await Promise.all([openStore(await folder()), openStore(await folder())]);
  const joined = await Promise.allSettled(
    stores.map(({ blobs, volume }) => joinSite({ pool: site.app.pool, blobs, volume })),
  );
  expect(joined.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('accepts two concurrent first starts with a shared folder', async () => {
  await site.app.db.repository.deleteMany();
  await site.app.db.blob.deleteMany();
  await forgetSite();
  const path = await folder();
  const stores = await Promise.all([openStore(path), openStore(path)]);
  await Promise.all(stores.map(({ blobs, volume }) => joinSite({ pool: site.app.pool, blobs, volume })));
  expect((await readFile(markOf(path), 'utf8')).trim()).toBe((await site.app.db.site.findFirst())?.id);
});

test('assigns an id to an older site if its blobs are in the store', async () => {
  await forgetSite();
  await rm(markOf(site.app.config.dataDir));
  const empty = await openStore(await folder());
  await expect(joinSite({ pool: site.app.pool, blobs: empty.blobs, volume: empty.volume })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await empty.volume.readSiteId()).toBeNull();
  await start({ ...database(), ...dataDir() });
  expect(await site.app.volume.readSiteId()).toBe((await site.app.db.site.findFirst())?.id);
});

test('lets an operator confirm that database and store belong together', async () => {
  const other = await openStore(await folder());
  await joinSite({ pool: site.app.pool, blobs: other.blobs, volume: other.volume }, { isConfirmed: true });
  expect(await other.volume.readSiteId()).toBe((await site.app.db.site.findFirst())?.id);
});

test('answers pulls with 503 while the disk is unmounted, and marks nothing missing', async () => {
  const blobs = join(site.app.config.dataDir, 'blobs');
  await rename(blobs, `${blobs}-away`);
  const digest = (await site.app.db.repositoryBlob.findFirst())?.digest ?? '';
  site.app.volume.close();
  expect(await client.send('GET', `/v2/${name}/blobs/${digest}`)).toMatchObject({ status: 503 });
  await expect(site.app.volume.requireSite()).rejects.toMatchObject({ code: 'unavailable' });
  const scrubbing = scrubBlobs(site.app, { before: new Date(Date.now() + HOUR_MS), bytesPerSecond: 1e9 });
  await expect(scrubbing).rejects.toMatchObject({ code: 'unavailable' });
  expect(await site.app.db.blob.count({ where: { damage: { not: null } } })).toBe(0);
  await rename(`${blobs}-away`, blobs);
  expect((await client.send('GET', `/v2/${name}/blobs/${digest}`)).status).toBe(200);
});

test('pauses a scrub that would mark most blobs, unless confirmed', async () => {
  const { dataDir: path } = site.app.config;
  await cp(join(path, 'blobs', 'sha256'), join(path, 'copy'), { recursive: true });
  await rm(join(path, 'blobs', 'sha256'), { recursive: true });
  site.app.volume.close();
  const options = { before: new Date(Date.now() + HOUR_MS), bytesPerSecond: 1e9 };
  expect(await scrubBlobs(site.app, options)).toMatchObject({ missing: 0, pause: /would mark 12 of 12.*--confirm/ });
  expect(await site.app.db.blob.count({ where: { damage: { not: null } } })).toBe(0);
  expect(await scrubBlobs(site.app, { ...options, isConfirmed: true })).toMatchObject({ missing: BLOBS, pause: null });
  // Already marked blobs don't count toward the limit. The next run marks one.
  await client.pushBlob(name, 'of today');
  await rm(join(path, 'blobs', 'sha256'), { recursive: true });
  site.app.volume.close();
  expect(await scrubBlobs(site.app, options)).toMatchObject({ missing: BLOBS + 1, pause: null });
});

test('pauses a collection that would remove most blobs and notifies admins, unless confirmed', async () => {
  // Simulates restoring an older database.
  await site.app.db.repository.deleteMany();
  await site.app.db.blob.deleteMany();
  const collect = (options = {}) => collectGarbage(site.app, { isThorough: true, ...options });
  expect(await collect()).toMatchObject({ blobs: { removed: 0 }, pause: /would remove 12 of 12.*gc --confirm/ });
  await collectGarbageJob(site.app, { isThorough: true });
  expect(await site.app.db.pausedRun.findMany()).toMatchObject([{ run: 'sweep', reason: /12 of 12/ }]);
  expect(await collect({ isConfirmed: true })).toMatchObject({ blobs: { removed: BLOBS }, pause: null });
  await collectGarbageJob(site.app, { isThorough: true });
  expect(await site.app.db.pausedRun.count()).toBe(0);
});

test('pauses a collection after unrecorded row deletions, but not after unfinished pushes', async () => {
  await site.app.db.$executeRaw`DELETE FROM repository_blobs`;
  expect(await collectGarbage(site.app, { isThorough: false })).toMatchObject({ pause: /12 of 12/ });
  for (let i = 0; i < BLOBS; i += 1) await client.pushBlob(name, `blob ${i}`);
  expect(await collectGarbage(site.app, { isThorough: false })).toMatchObject({
    links: { removed: BLOBS },
    pause: null,
  });
});

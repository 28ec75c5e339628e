import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { scrubBlobs } from '#lib/distribution/integrity/scrub-blobs.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { readConfig } from '#lib/config.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { openBackupSite } from '#lib/open-backup-site.ts';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import { createLog } from '#lib/platform/log.ts';
import { listMigrations, migrate } from '#lib/platform/pg/migrations/migrate.ts';
import { migrateJobs } from '#lib/platform/jobs/run-worker.ts';
import { openDatabase } from '#lib/platform/pg/db.ts';
import { createEmptyDatabase, createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { flipByte, SITE_SECRETS, useBackupPlaces, type RestorePlace } from '#lib/testing/use-backup-places.ts';
import { readBackupManifest, type BackupManifest } from './backup-manifest.ts';
import { createBackup } from './create-backup.ts';

const places = useBackupPlaces();
afterAll(() => places.close());

function newImage(): BuiltManifest {
  const config = blobOf(
    'application/vnd.oci.image.config.v1+json',
    `{"os":"linux","a":"${randomBytes(9).toString('hex')}"}`,
  );
  const layers = [1, 2].map(() => blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(70_000)));
  return buildManifest({ config, layers });
}

async function expectPullable(client: DistributionClient, name: string, tag: string, image: BuiltManifest) {
  const manifest = await client.request('GET', `/v2/${name}/manifests/${tag}`);
  expect(Buffer.from(await manifest.arrayBuffer()).equals(image.bytes)).toBe(true);
  for (const { digest, bytes } of image.blobs) {
    const blob = await client.request('GET', `/v2/${name}/blobs/${digest}`);
    expect(Buffer.from(await blob.arrayBuffer()).equals(bytes)).toBe(true);
  }
}

const scrub = (site: TestApp) =>
  scrubBlobs(site.app, { before: new Date(Date.now() + 3_600_000), bytesPerSecond: 1e9 });
const COMPLETE = { missing: 0, wrongSize: 0, unlinked: 0 };

const PAIRS = [
  ['plain', '0', 'link'],
  ['sealed', '1', 'copy'],
] as const;
/** Only npm run test:soak combines them in the other ways, too. */
const OTHERS = [
  ['sealed', '1', 'link'],
  ['plain', '0', 'copy'],
] as const;

describe.each(process.env.VITRINE_SOAK_SECONDS === undefined ? PAIRS : [...PAIRS, ...OTHERS])(
  'a %s site (SEALED_STORAGE=%s), backed up by %s',
  (_kind, isSealed, mode) => {
    let site: TestApp;
    let ada: TestUser;
    let client: DistributionClient;
    let name: string;
    let folder: string;
    const pushed = new Map<string, BuiltManifest>();

    beforeAll(async () => {
      site = await createTestApp({ ...SITE_SECRETS, SEALED_STORAGE: isSealed });
      ada = await site.createUser();
      name = `${ada.alias}/tool`;
      client = createDistributionClient(site.url, ada.token);
      folder = await places.newFolder();
    });
    afterAll(() => site.close());

    async function push(tag: string): Promise<void> {
      const image = newImage();
      await client.push(name, image, [tag]);
      pushed.set(tag, image);
    }

    test('has everything acknowledged before in a backup made during pushes', async () => {
      for (let i = 0; i < 10; i += 1) await push(`before-${i}`);
      await enqueueJob(site.app.db, 'refresh-home', { of: 'a test' }, { key: 'kept-job', delaySeconds: 3_600 });
      const before = new Map(pushed);
      const pushing = { isOn: true };
      const pushes = [1, 2].map(async (worker) => {
        for (let i = 0; pushing.isOn; i += 1) await push(`during-${worker}-${i}`);
      });
      const backup = await places.backUp(site, { folder, mode });
      pushing.isOn = false;
      await Promise.all(pushes);
      expect(backup.blobs.count).toBeGreaterThanOrEqual(30);
      expect(backup.blobs).toMatchObject(mode === 'link' ? { copied: 0, damaged: [] } : { linked: 0, damaged: [] });

      const place = await places.newPlace({ SEALED_STORAGE: isSealed });
      const restored = await places.restore(place, folder);
      expect(restored).toMatchObject({ lost: [], migrations: [], isContinued: false });
      const copy = await places.open(place);
      await rebuildSearch(copy.app, () => undefined);
      expect(await verifyStore(copy.app)).toMatchObject(COMPLETE);
      expect(await scrub(copy)).toMatchObject({ missing: 0, corrupt: 0 });
      const restoredClient = createDistributionClient(copy.url, ada.token);
      for (const [tag, image] of before) await expectPullable(restoredClient, name, tag, image);
      const tags = (await (await restoredClient.request('GET', `/v2/${name}/tags/list`)).json()) as { tags: string[] };
      expect(tags.tags).toEqual(expect.arrayContaining([...before.keys()]));
      for (const tag of tags.tags) await restoredClient.request('GET', `/v2/${name}/manifests/${tag}`);
      // Sequences, triggers and foreign keys work: it takes pushes and deletes.
      const image = newImage();
      await restoredClient.push(name, image, ['after']);
      await expectPullable(restoredClient, name, 'after', image);
      await restoredClient.request('DELETE', `/v2/${name}/manifests/${image.digest}`);
      const jobs = await copy.app.pool.query(`SELECT key FROM graphile_worker.jobs WHERE key = 'kept-job'`);
      expect(jobs.rowCount).toBe(1);
      expect(await collectGarbage(copy.app, { isThorough: true })).toMatchObject({ orphans: 0, pause: null });
    });

    test('is backed up again by its new blobs only, and what is gone leaves the backup', async () => {
      const [gone] = [...pushed.values()];
      await push('later');
      await client.request('DELETE', `/v2/${name}/manifests/${gone?.digest}`);
      const inTwoHours = { ...site.app, config: { ...site.app.config, gcGraceSeconds: -7_200, restoreDays: -1 } };
      for (let run = 0; run < 2; run += 1) await collectGarbage(inTwoHours, { isThorough: false });
      const stored = (await verifyStore(site.app)).blobs;
      const before = await readBackupManifest(folder);
      const backup = await places.backUp(site, { folder, mode });
      expect(backup.blobs.present).toBeGreaterThanOrEqual(27);
      expect(backup.blobs.count).toBe(stored);
      expect((await readdir(folder)).sort()).toEqual(['backup.json', 'blobs', `parts-${backup.id}`, 'uploads']);
      expect(before?.id).not.toBe(backup.id);
      const files = await readdir(join(folder, 'blobs'), { recursive: true, withFileTypes: true });
      expect(files.filter((file) => file.isFile() && file.name !== 'site-id')).toHaveLength(stored);
      const place = await places.newPlace({ SEALED_STORAGE: isSealed });
      await places.restore(place, folder);
      const copy = await places.open(place);
      expect(await verifyStore(copy.app)).toMatchObject({ ...COMPLETE, blobs: stored });
      expect(await scrub(copy)).toMatchObject({ missing: 0, corrupt: 0 });
    });

    test('shares its blobs with an earlier backup in another folder', async () => {
      const second = await places.newFolder();
      const backup = await places.backUp(site, { folder: second, mode, base: folder });
      expect(backup.blobs).toMatchObject({ linked: 0, copied: 0, present: backup.blobs.count });
    });
  },
);

describe('a restore is refused and leaves nothing behind', () => {
  let site: TestApp;
  let folder: string;
  let manifest: BackupManifest;

  beforeAll(async () => {
    site = await createTestApp({ ...SITE_SECRETS, SEALED_STORAGE: '1' });
    const ada = await site.createUser();
    await createDistributionClient(site.url, ada.token).push(`${ada.alias}/tool`, newImage(), ['v1']);
    folder = await places.newFolder();
    await places.backUp(site, { folder, mode: 'copy' });
    manifest = (await readBackupManifest(folder)) as BackupManifest;
  });
  afterAll(() => site.close());

  async function expectRefused(reason: RegExp, env: Record<string, string> = {}): Promise<void> {
    const place = await places.newPlace(env);
    await expect(places.restore(place, folder)).rejects.toMatchObject({
      message: expect.stringMatching(reason) as string,
    });
    await expectEmpty(place);
  }

  async function expectEmpty({ dataDir, databaseUrl }: RestorePlace): Promise<void> {
    expect(await readdir(dataDir)).toEqual([]);
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query(
      'SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace',
    );
    await client.end();
    expect(rows).toEqual([]);
  }

  /** Changes the backup during one test. */
  async function withManifest(change: Partial<Record<keyof BackupManifest, unknown>>, work: () => Promise<void>) {
    const path = join(folder, 'backup.json');
    const text = await readFile(path);
    await writeFile(path, JSON.stringify({ ...manifest, ...change }));
    await work().finally(() => writeFile(path, text));
  }

  test('without a manifest', async () => {
    const place = await places.newPlace();
    await expect(places.restore(place, await places.newFolder())).rejects.toThrow(/holds no complete backup/);
    await expectEmpty(place);
  });

  test('of a newer version', async () => {
    const migrations = [...manifest.migrations, '20991231000000_later'];
    await withManifest({ migrations }, () => expectRefused(/made by a newer version .*20991231000000_later/));
    await withManifest({ formatVersion: 2 }, () => expectRefused(/written by a newer version/));
  });

  test('with a manifest that names files elsewhere', async () => {
    await withManifest({ folder: '../elsewhere' }, () => expectRefused(/is damaged/));
  });

  test('without the master key, or with another one', async () => {
    await expectRefused(/Version 1 of the master key is missing/, { MASTER_KEY: '' });
    await expectRefused(/Version 1 of the master key isn't the one/, { MASTER_KEY: 'x'.repeat(32) });
    await expectRefused(/Version 1 of the master key is missing/, { MASTER_KEY: `2:${SITE_SECRETS.MASTER_KEY}` });
  });

  test('without the secret of sign-ins, or with another one', async () => {
    await expectRefused(/AUTH_SECRET is missing/, { AUTH_SECRET: '' });
    await expectRefused(/AUTH_SECRET isn't the one/, { AUTH_SECRET: 'y'.repeat(36) });
  });

  test('with a changed byte in a table', async () => {
    const path = join(folder, manifest.folder, 'manifests.copy.zst');
    await flipByte(path);
    await expectRefused(/The backup is damaged: .*manifests\.copy\.zst/).finally(() => flipByte(path));
  });

  test('with a changed byte in a blob, unless the loss is accepted', async () => {
    const files = await readdir(join(folder, 'blobs', 'sealed'), { recursive: true, withFileTypes: true });
    const [file] = files.filter((entry) => entry.isFile());
    const path = join(file?.parentPath ?? '', file?.name ?? '');
    await flipByte(path);
    await expectRefused(new RegExp(`1 of 3 blobs are missing or damaged: sha256:${file?.name}`));
    const place = await places.newPlace();
    expect((await places.restore(place, folder, { isLossAccepted: true })).lost).toEqual([`sha256:${file?.name}`]);
    const copy = await places.open(place);
    expect(await verifyStore(copy.app)).toMatchObject({ missing: 1, problems: [{ digest: `sha256:${file?.name}` }] });
    await flipByte(path);
  });

  test('into a database or a store in use', async () => {
    const used = {
      ...(await places.newPlace()),
      env: { ...SITE_SECRETS, DATABASE_URL: site.app.config.databaseUrl ?? '', DATA_DIR: await places.newFolder() },
    };
    await expect(places.restore(used, folder)).rejects.toThrow(/The database isn't empty/);
    const place = await places.newPlace({ DATA_DIR: site.app.config.dataDir });
    await expect(places.restore(place, folder)).rejects.toThrow(/The blob store in DATA_DIR isn't empty/);
    await expectEmpty(place);
  });
});

test('an older backup is migrated', async () => {
  const databaseUrl = await createEmptyDatabase(inject('templateUrl'));
  const [latest] = listMigrations().slice(-1);
  await migrate(databaseUrl, { only: new Set(listMigrations().slice(0, -1)) });
  const { pool, close } = openDatabase(databaseUrl, { onError: () => undefined });
  await migrateJobs(pool, createLog('silent', false));
  const dataDir = await places.newFolder();
  await pool.query(`INSERT INTO site (id) VALUES ('11111111-1111-4111-8111-111111111111')`);
  await close();
  const site = await openBackupSite(
    readConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, ...SITE_SECRETS }),
    createLog('error', false),
  );
  await site.volume.joinSite('11111111-1111-4111-8111-111111111111');
  const folder = await places.newFolder();
  await createBackup(site, { folder, mode: null, base: null, withSecrets: false });
  await site.close();
  const place = await places.newPlace();
  expect(await places.restore(place, folder)).toMatchObject({ migrations: [latest] });
  expect(await verifyStore((await places.open(place)).app)).toMatchObject(COMPLETE);
});

test('garbage collection waits for a backup, and a second backup is refused', async () => {
  const site = await createTestApp(SITE_SECRETS);
  const ada = await site.createUser();
  const client = createDistributionClient(site.url, ada.token);
  const image = newImage();
  await client.push(`${ada.alias}/tool`, image, ['v1']);
  await client.request('DELETE', `/v2/${ada.alias}/tool/manifests/${image.digest}`);
  const app = { ...site.app, config: { ...site.app.config, gcGraceSeconds: -7_200, restoreDays: -1 } };
  const folder = await places.newFolder();
  let held: unknown = null;
  let second: unknown = null;
  const isStored = () => site.app.blobs.stat({ sha256: image.blobs[0]?.digest as Digest, scope: 'site' });
  const other = await places.newFolder();
  const running = places.backUp(site, {
    folder,
    onProgress: (sentence) => {
      if (!sentence.startsWith('table aliases')) return;
      held = collectGarbage(app, { isThorough: false });
      second = places.backUp(site, { folder: other }).catch((error: unknown) => error);
    },
  });
  await running;
  expect(await held).toMatchObject({ blobs: { isHeld: true, removed: 0 } });
  expect(await second).toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/Another backup .* running/) as string,
  });
  expect(await isStored()).not.toBeNull();
  await collectGarbage(app, { isThorough: false });
  expect(await isStored()).toBeNull();
  await site.close();
  expect(existsSync(join(folder, 'backup.json'))).toBe(true);
  await rm(folder, { recursive: true, force: true });
});

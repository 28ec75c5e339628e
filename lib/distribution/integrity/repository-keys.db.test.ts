// Repositories whose blobs are under a KMS key of their own.
import { DisableKeyCommand, EnableKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import { sealStorage } from '#lib/blobs/sealed/seal-storage.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { readRegistryUsage } from '#lib/publishers/registry-quota.sql.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepositoryKey } from '#lib/repositories/own/find-repository-key.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { findKmsServer, startKms, type KmsServer } from '#lib/testing/keys/start-kms.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { copyStore } from './copy-store.ts';
import { rewrapKeys } from './rewrap-keys.ts';
import { scrubBlobs } from './scrub-blobs.ts';
import { verifyStore } from './verify-store.ts';

const MASTER_KEY = `1:${'a'.repeat(32)}`;
const { absent } = await findKmsServer();

describe.skipIf(absent !== null)(`keys of repositories${absent === null ? '' : ` (${absent})`}`, () => {
  let kms: KmsServer;
  let site: TestApp;
  let ada: TestUser;
  let client: RawClient;
  let siteKey: string;
  let names = 0;

  beforeAll(async () => {
    kms = await startKms();
    siteKey = await kms.createKey();
    site = await createTestApp(env());
    // Negative, because the database rounds its clock up to milliseconds.
    site.app.config.gcGraceSeconds = -1;
    ada = await site.createUser();
    client = createRawClient(site.url, basic(ada.token));
  });
  afterAll(async () => {
    await site.close();
    await kms.stop();
  });

  const env = () => ({
    ...kms.settings,
    KMS_KEY_ID: siteKey,
    KMS_CACHE_SECONDS: '1',
    SEALED_STORAGE: '',
    MASTER_KEY,
    LOG_LEVEL: 'silent',
  });

  async function create(kmsKey?: string | null, app = site.app): Promise<string> {
    const name = `tool-${(names += 1)}`;
    await createRepository(app, {
      caller: ada.caller,
      alias: ada.alias,
      name,
      ...(kmsKey !== undefined && { kmsKey }),
    });
    return `${ada.alias}/${name}`;
  }

  async function filesOf(digest: string): Promise<string[]> {
    const hex = digest.slice('sha256:'.length);
    const files = await readdir(join(site.app.config.dataDir, 'blobs'), { recursive: true });
    return files.filter((file) => file.endsWith(hex)).map((file) => file.split('/').slice(0, -2).join('/'));
  }

  const pull = (name: string, digest: string, to = client) => to.send('GET', `/v2/${name}/blobs/${digest}`);

  async function mount(name: string, digest: string, from: string): Promise<number> {
    return (await client.send('POST', `/v2/${name}/blobs/uploads/?mount=${digest}&from=${from}`)).status;
  }

  async function pushImage(name: string): Promise<{ layer: string; manifest: string }> {
    const config = blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify({ os: 'linux', n: (names += 1) }));
    const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(50_000));
    const image = buildManifest({ config, layers: [layer] });
    for (const blob of image.blobs) await client.pushBlob(name, blob.bytes);
    const put = { headers: { 'content-type': image.mediaType }, body: image.bytes };
    expect((await client.send('PUT', `/v2/${name}/manifests/v1`, put)).status).toBe(201);
    return { layer: layer.digest, manifest: image.digest };
  }

  test('stores blobs under the key, and serves them whole, in ranges, and on another replica', async () => {
    const name = await create(await kms.createKey());
    const bytes = randomBytes(200_000);
    const digest = await client.pushBlob(name, bytes);
    expect(await filesOf(digest)).toEqual([expect.stringMatching(/^keys\/key-[0-9a-f]{32}$/)]);
    expect((await pull(name, digest)).body.equals(bytes)).toBe(true);
    const part = await client.send('GET', `/v2/${name}/blobs/${digest}`, { headers: { range: 'bytes=65530-131080' } });
    expect(part.body.equals(bytes.subarray(65_530, 131_081))).toBe(true);
    const { databaseUrl, dataDir } = site.app.config;
    const other = await createTestApp({ ...env(), DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir });
    expect((await pull(name, digest, createRawClient(other.url, basic(ada.token)))).body.equals(bytes)).toBe(true);
    await other.close();
  });

  test('takes uploads in chunks, and images', async () => {
    const name = await create(await kms.createKey());
    const bytes = randomBytes(150_000);
    const location = await client.startUpload(name);
    for (const [from, to] of [
      [0, 70_000],
      [70_000, 150_000],
    ] as const) {
      const headers = { 'content-range': `${from}-${to - 1}` };
      expect((await client.send('PATCH', location, { headers, body: bytes.subarray(from, to) })).status).toBe(202);
    }
    const digest = sha256(bytes);
    expect((await client.send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
    expect(await filesOf(digest)).toEqual([expect.stringMatching(/^keys\//)]);
    expect((await pull(name, digest)).body.equals(bytes)).toBe(true);
    const { layer } = await pushImage(name);
    expect((await pull(name, layer)).status).toBe(200);
  });

  test('shares blobs only among repositories with the same key, and counts them once for each key', async () => {
    const key = await kms.createKey();
    const [one, two, others, plain] = [await create(key), await create(key), await create(null), await create()];
    const bytes = randomBytes(30_000);
    const { registryKey } = await site.app.db.repository.findFirstOrThrow({
      where: { name: one.split('/')[1] ?? '' },
      select: { registryKey: true },
    });
    const { storedBytes } = await readRegistryUsage(site.app, registryKey);
    for (const name of [one, two, others, plain]) await client.pushBlob(name, bytes);
    const digest = sha256(bytes);
    expect((await filesOf(digest)).length).toBe(3);
    expect((await readRegistryUsage(site.app, registryKey)).storedBytes).toBe(storedBytes + 3 * bytes.length);
    const more = randomBytes(1000);
    const moreDigest = await client.pushBlob(one, more);
    expect(await mount(two, moreDigest, one)).toBe(201);
    expect(await mount(others, moreDigest, one)).toBe(202);
    expect(await mount(plain, moreDigest, one)).toBe(202);
    expect((await pull(two, moreDigest)).body.equals(more)).toBe(true);
    expect((await pull(plain, moreDigest)).status).toBe(404);
    const plainDigest = await client.pushBlob(plain, randomBytes(1000));
    expect(await mount(one, plainDigest, plain)).toBe(202);
  });

  test.each([
    ['disabled', (KeyId: string) => kms.client.send(new DisableKeyCommand({ KeyId }))],
    ['deleted', (KeyId: string) => kms.client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))],
  ])('a %s key makes blobs unreadable, also those in memory', async (_state, revoke) => {
    const key = await kms.createKey();
    const name = await create(key);
    const bytes = randomBytes(300_000);
    const digest = await client.pushBlob(name, bytes);
    for (let i = 0; i < 5; i += 1) expect((await pull(name, digest)).body.equals(bytes)).toBe(true);
    const { id: repositoryId } = await site.app.db.repository.findFirstOrThrow({ where: { kmsKey: key } });
    expect(await findRepositoryKey(site.app, { repositoryId })).toEqual({ arn: key, problem: null });
    await revoke(key);
    await expect.poll(async () => (await pull(name, digest)).status, { timeout: 5000 }).toBe(403);
    expect(await pull(name, digest)).toMatchObject({ status: 403, codes: ['DENIED'] });
    expect((await pull(name, digest)).body.toString()).toContain('The KMS key of this repository');
    expect((await pull(name, digest)).body.toString()).not.toContain('arn:');
    await expect(client.pushBlob(name, randomBytes(10))).rejects.toThrow();
    expect(await findRepositoryKey(site.app, { repositoryId })).toMatchObject({ problem: /can't be used/ });
    const scrub = await scrubBlobs(site.app, { before: new Date(Date.now() + 3_600_000), bytesPerSecond: 1e9 });
    expect(scrub).toMatchObject({ unreadable: 1, corrupt: 0, missing: 0 });
    if (_state === 'disabled') {
      await kms.client.send(new EnableKeyCommand({ KeyId: key }));
      await expect.poll(async () => (await pull(name, digest)).status, { timeout: 5000 }).toBe(200);
    } else {
      await deleteRepository(site.app, { caller: ada.caller, fullName: name });
      await site.app.db.repository.delete({ where: { id: repositoryId } });
    }
  });

  test('garbage collection removes blobs of one key only', async () => {
    const [name, plain] = [await create(await kms.createKey()), await create()];
    const bytes = randomBytes(2000);
    const digest = sha256(bytes);
    for (const each of [name, plain]) await client.pushBlob(each, bytes);
    expect((await filesOf(digest)).length).toBe(2);
    await site.app.db.repository.deleteMany({ where: { name: name.split('/')[1] ?? '' } });
    // Links without a manifest are garbage, too.
    await site.app.db.repositoryBlob.updateMany({
      where: { digest },
      data: { leasedAt: new Date(Date.now() + 60_000) },
    });
    await sleep(10);
    await collectGarbage(site.app, { isThorough: true, isConfirmed: true });
    expect(await filesOf(digest)).toEqual(['sealed']);
    expect((await pull(plain, digest)).status).toBe(200);
  });

  test('verifies, copies and rewraps around keys of repositories', async () => {
    const name = await create(await kms.createKey());
    const { layer } = await pushImage(name);
    expect(await verifyStore(site.app)).toMatchObject({ missing: 0, wrongSize: 0, unlinked: 0 });
    const before = await site.app.db.repositoryKey.findMany();
    expect(before.every(({ wrappedBy }) => wrappedBy.startsWith('kms:arn:'))).toBe(true);
    expect((await rewrapKeys(site.app, { caller: SYSTEM_CALLER })).keys).toBe(0);
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-copy-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [from, to] = [site.app.config.dataDir, folder].map(async (dataDir) => {
      const disk = await openDisk(dataDir, { reserveBytes: 0 });
      return { ...disk, ...sealStorage(disk, site.app.sealingKeys) };
    });
    if (!from || !to) throw new Error('no storage');
    const copy = await copyStore(site.app, { from: await from, to: await to });
    expect(copy).toMatchObject({ damaged: 0, present: 0 });
    const hex = layer.slice('sha256:'.length);
    const copied = await readdir(join(folder, 'blobs'), { recursive: true });
    expect(copied.filter((file) => file.endsWith(hex))).toEqual([expect.stringMatching(/^keys\/key-/)]);
  });

  test('refuses keys that cannot be used, with a sentence, and creates nothing', async () => {
    const disabled = await kms.createKey();
    await kms.client.send(new DisableKeyCommand({ KeyId: disabled }));
    const count = await site.app.db.repository.count();
    await expect(create(disabled)).rejects.toMatchObject({ code: 'key_refused', message: /its state is Disabled/ });
    await expect(create('alias/none')).rejects.toMatchObject({ code: 'key_refused', message: /doesn't exist/ });
    await expect(create('not a key!')).rejects.toMatchObject({ code: 'invalid_input' });
    const unsealed = await createTestApp({ ...env(), SEALED_STORAGE: '0' });
    const none = await createTestApp({ SEALED_STORAGE: '', LOG_LEVEL: 'silent' });
    for (const [other, message] of [
      [unsealed, /stores blobs unsealed/],
      [none, /has no KMS/],
    ] as const) {
      const eve = await other.createUser();
      const input = { caller: eve.caller, alias: eve.alias, name: 'tool', kmsKey: null };
      await expect(createRepository(other.app, input)).rejects.toMatchObject({ code: 'invalid_input', message });
      await other.close();
    }
    expect(await site.app.db.repository.count()).toBe(count);
  });

  test('a process of the previous version cannot link a blob of the site to such a repository', async () => {
    const [name, plain] = [await create(null), await create()];
    const digest = await client.pushBlob(plain, randomBytes(100));
    const { id } = await site.app.db.repository.findFirstOrThrow({ where: { name: name.split('/')[1] ?? '' } });
    const { blobId } = await site.app.db.repositoryBlob.findFirstOrThrow({ where: { digest } });
    const link = site.app.pool.query(
      'INSERT INTO repository_blobs (repository_id, digest, blob_id) VALUES ($1, $2, $3)',
      [id, digest, blobId],
    );
    await expect(link).rejects.toThrow(/is not under the key of repository/);
  });

  test('a process that stores blobs unsealed refuses pushes to such a repository before a byte is stored', async () => {
    const name = await create(null);
    const { databaseUrl, dataDir } = site.app.config;
    const other = await createTestApp({
      ...env(),
      SEALED_STORAGE: '0',
      DATABASE_URL: databaseUrl ?? '',
      DATA_DIR: dataDir,
    });
    const bytes = randomBytes(100);
    const to = createRawClient(other.url, basic(ada.token));
    await expect(to.pushBlob(name, bytes)).rejects.toThrow();
    expect(await filesOf(sha256(bytes))).toEqual([]);
    const digest = await client.pushBlob(name, bytes);
    expect((await pull(name, digest, to)).body.equals(bytes)).toBe(true);
    await other.close();
  });
});

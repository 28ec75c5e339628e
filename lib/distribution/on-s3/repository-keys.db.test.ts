// Repositories with a KMS key of their own, whose blobs are on S3, through two replicas.
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import { sealStorage } from '#lib/blobs/sealed/seal-storage.ts';
import { openS3 } from '#lib/blobs/s3/open-s3.ts';
import { copyStore } from '#lib/distribution/integrity/copy-store.ts';
import { scrubBlobs } from '#lib/distribution/integrity/scrub-blobs.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';
import { findKmsServer, startKms, type KmsServer } from '#lib/testing/keys/start-kms.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { useS3Sites, type S3Sites } from '#lib/testing/s3/use-s3-sites.ts';

const MIB = 1024 * 1024;
const absent = (await findKmsServer()).absent ?? (await findS3Server()).absent;
const title = `keys of repositories on S3${absent ? ` (skipped: ${absent})` : ''}`;

describe.skipIf(absent !== null)(title, () => {
  let kms: KmsServer;
  let sites: S3Sites;
  let ada: TestUser;
  let clients: [RawClient, RawClient];
  let names = 0;

  beforeAll(async () => {
    kms = await startKms();
    const keys = { ...kms.settings, KMS_KEY_ID: await kms.createKey(), KMS_CACHE_SECONDS: '1', SEALED_STORAGE: '1' };
    sites = await useS3Sites({ ...keys, LOG_LEVEL: 'silent' });
    ada = await sites.one.createUser({ scopes: ['push', 'api:write'] });
    clients = [sites.one, sites.two].map(({ url }) => createRawClient(url, basic(ada.token))) as typeof clients;
  });
  afterAll(async () => {
    await sites.close();
    await kms.stop();
  });

  /** By the REST API. Without a key: under that of the site. */
  async function create(kmsKey?: string): Promise<string> {
    const fullName = `${ada.alias}/tool-${(names += 1)}`;
    const body = JSON.stringify({ fullName, ...(kmsKey !== undefined && { encryption: 'KMS', kmsKey }) });
    const headers = { authorization: `Bearer ${ada.token}` };
    const request = new Request('http://localhost/api/v1/repositories', { method: 'POST', headers, body });
    const answer = await handleRestRequest(sites.one.app, request);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ fullName, encryption: kmsKey === undefined ? 'AES256' : 'KMS' });
    return fullName;
  }

  const scopesOf = async (digest: string) => {
    const rows = await sites.one.app.db.blobObject.findMany({ where: { sha256: digest }, orderBy: { scope: 'asc' } });
    return rows.map(({ scope }) => scope);
  };
  const pull = (name: string, digest: string, by = clients[1]) => by.send('GET', `/v2/${name}/blobs/${digest}`);

  test('blobs of several parts are stored once for each key, and each key alone opens them', async () => {
    const key = await kms.createKey();
    const [own, plain] = [await create(key), await create()];
    const bytes = randomBytes(9 * MIB);
    const digest = sha256(bytes);
    const location = await clients[0].startUpload(own);
    for (const [i, from, to] of [
      [0, 0, 5 * MIB],
      [1, 5 * MIB, 9 * MIB],
    ] as const) {
      const headers = { 'content-range': `${from}-${to - 1}` };
      const answer = await clients[i].send('PATCH', location, { headers, body: bytes.subarray(from, to) });
      expect(answer.status).toBe(202);
    }
    expect((await clients[1].send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
    await clients[0].pushBlob(plain, bytes);
    expect(await scopesOf(digest)).toEqual([expect.stringMatching(/^key-[0-9a-f]{32}$/), 'sealed']);
    for (const name of [own, plain]) expect((await pull(name, digest)).body.equals(bytes)).toBe(true);

    await kms.client.send(new DisableKeyCommand({ KeyId: key }));
    for (const client of clients) {
      await expect.poll(async () => (await pull(own, digest, client)).status, { timeout: 5_000 }).toBe(403);
    }
    expect(await pull(own, digest)).toMatchObject({ status: 403, codes: ['DENIED'] });
    expect((await pull(plain, digest)).body.equals(bytes)).toBe(true);
    const refused = await clients[0].send('POST', `/v2/${own}/blobs/uploads/?digest=${sha256('more')}`, {
      body: 'more',
    });
    expect(refused).toMatchObject({ status: 403, codes: ['DENIED'] });
    const scrub = await scrubBlobs(sites.one.app, { before: new Date(Date.now() + 3_600_000), bytesPerSecond: 1e9 });
    expect(scrub).toMatchObject({ unreadable: 1, corrupt: 0, missing: 0 });
    await kms.client.send(new EnableKeyCommand({ KeyId: key }));
    await expect.poll(async () => (await pull(own, digest)).body.equals(bytes), { timeout: 5_000 }).toBe(true);
  });

  test('a copy to a disk keeps them under their keys', async () => {
    const name = await create(await kms.createKey());
    const digest = await clients[0].pushBlob(name, randomBytes(2_000));
    const { app } = sites.one;
    if (!app.config.s3) throw new Error('no bucket');
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-copy-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const storages = [
      await openS3(app.config.s3, { pool: app.pool, dataDir: app.config.dataDir, reserveBytes: 0 }),
      await openDisk(folder, { reserveBytes: 0 }),
    ] as const;
    const [from, to] = storages.map((storage) => ({ ...storage, ...sealStorage(storage, app.sealingKeys) }));
    if (!from || !to) throw new Error('no storage');
    expect(await copyStore(app, { from, to })).toMatchObject({ damaged: 0, present: 0 });
    expect(await verifyStore({ pool: app.pool, blobs: to.store })).toMatchObject({ missing: 0, wrongSize: 0 });
    for (const { volume } of storages) volume.close();
    expect((await pull(name, digest)).status).toBe(200);
  });

  test('garbage collection removes the blob of one key only', async () => {
    const [name, plain] = [await create(await kms.createKey()), await create()];
    const bytes = randomBytes(2_000);
    const digest = sha256(bytes);
    for (const each of [name, plain]) await clients[0].pushBlob(each, bytes);
    const { app } = sites.one;
    await app.db.repository.deleteMany({ where: { name: name.split('/')[1] ?? '' } });
    // Links without a manifest are garbage, too.
    await app.db.repositoryBlob.updateMany({ where: { digest }, data: { leasedAt: new Date(Date.now() + 60_000) } });
    app.config.gcGraceSeconds = -1;
    await sleep(10);
    await collectGarbage(app, { isThorough: true, isConfirmed: true });
    expect(await scopesOf(digest)).toEqual(['sealed']);
    expect((await pull(plain, digest)).body.equals(bytes)).toBe(true);
  });
});

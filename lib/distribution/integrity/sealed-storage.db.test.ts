import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import { openMasterKeys } from '#lib/keys/master-keys.ts';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { openSlowSocket } from '#lib/testing/servers/slow-socket.ts';
import { rewrapKeys } from './rewrap-keys.ts';
import { scrubBlobs } from './scrub-blobs.ts';
import { sealStore } from './seal-store.ts';
import { verifyStore } from './verify-store.ts';

const MASTER_KEY = `1:${'a'.repeat(32)}`;
const KNOWN = 'bytes that nobody may find on the disk ';

/** Two replicas of a new site. Neither sets SEALED_STORAGE. */
let one: TestApp;
let two: TestApp;
let ada: TestUser;
let clients: [RawClient, RawClient];
let name: string;

beforeAll(async () => {
  one = await createTestApp({ SEALED_STORAGE: '', MASTER_KEY });
  two = await createTestApp({ ...replicaOf(one), SEALED_STORAGE: '' });
  ada = await one.createUser();
  name = `${ada.alias}/tool`;
  clients = [createRawClient(one.url, basic(ada.token)), createRawClient(two.url, basic(ada.token))];
});
afterAll(async () => {
  await two.close();
  await one.close();
});

function replicaOf({ app }: TestApp): Record<string, string> {
  return { DATABASE_URL: app.config.databaseUrl ?? '', DATA_DIR: app.config.dataDir, MASTER_KEY };
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(one.app.config.dataDir, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name: file }) => join(parentPath, file));
}

async function findKnown(folder: string): Promise<string[]> {
  const files = await listFiles(folder);
  const holds = await Promise.all(files.map(async (file) => (await readFile(file)).includes(KNOWN.trim())));
  return files.filter((_, i) => holds[i]);
}

const fileOf = (digest: string) => {
  const hex = digest.slice('sha256:'.length);
  return join(one.app.config.dataDir, 'blobs', 'sealed', hex.slice(0, 2), hex);
};
const scrub = () => scrubBlobs(one.app, { before: new Date(Date.now() + 3_600_000), bytesPerSecond: 1e9 });

test('a new site seals what is pushed, and serves it, whole and in ranges, on every replica', async () => {
  const bytes = Buffer.from(KNOWN.repeat(20_000));
  const digest = await clients[0].pushBlob(name, bytes);
  for (const client of clients) {
    const path = `/v2/${name}/blobs/${digest}`;
    expect(sha256((await client.send('GET', path)).body)).toBe(digest);
    const part = await client.send('GET', path, { headers: { range: 'bytes=65530-131080' } });
    expect(part).toMatchObject({ status: 206 });
    expect(part.body.equals(bytes.subarray(65_530, 131_081))).toBe(true);
    expect((await client.send('HEAD', path)).headers['content-length']).toBe(String(bytes.length));
  }
  expect(await listFiles('blobs/sha256')).toEqual([]);
  expect(await findKnown('.')).toEqual([]);
});

test('an upload is sealed while it arrives, in chunks to either replica', async () => {
  const location = await clients[0].startUpload(name);
  const bytes = Buffer.from(KNOWN.repeat(16_000));
  const chunks = [1, 70_000, 200_000, 65_536, bytes.length];
  let at = 0;
  for (const [i, chunk] of chunks.entries()) {
    const body = bytes.subarray(at, at + chunk);
    const headers = { 'content-range': `${at}-${at + body.length - 1}` };
    const client = clients[i % 2 === 0 ? 0 : 1];
    at += body.length;
    expect(await client.send('PATCH', location, { headers, body })).toMatchObject({
      status: 202,
      headers: { range: `0-${at - 1}` },
    });
    expect(await findKnown('uploads')).toEqual([]);
  }
  expect(await listFiles('uploads')).toHaveLength(1);
  expect((await clients[1].send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
  expect(await listFiles('uploads')).toEqual([]);
  expect(sha256((await clients[0].send('GET', `/v2/${name}/blobs/${sha256(bytes)}`)).body)).toBe(sha256(bytes));
});

test('bytes of an interrupted request can be continued', async () => {
  const location = await clients[0].startUpload(name);
  const bytes = randomBytes(900_000);
  const { socket } = await openSlowSocket(one.url);
  const headers = `Host: x\r\nAuthorization: ${basic(ada.token)}\r\nContent-Length: ${bytes.length}`;
  socket.write(`PATCH ${location} HTTP/1.1\r\n${headers}\r\n\r\n`);
  socket.end(bytes.subarray(0, 500_001));
  const offset = async () => Number((await clients[1].send('GET', location)).headers.range?.slice(2)) + 1;
  await expect.poll(offset).toBe(500_001);
  const rest = { headers: { 'content-range': `500001-${bytes.length - 1}` }, body: bytes.subarray(500_001) };
  await expect.poll(async () => (await clients[1].send('PATCH', location, rest)).status).toBe(202);
  expect((await clients[1].send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
});

test('a changed byte withholds a blob until it is pushed again', async () => {
  const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
  const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(300_000));
  const image = buildManifest({ config, layers: [layer] });
  for (const { bytes } of image.blobs) await clients[0].pushBlob(name, bytes);
  const sealed = await readFile(fileOf(layer.digest));
  sealed[200_000] = (sealed[200_000] ?? 0) ^ 1;
  await writeFile(fileOf(layer.digest), sealed);
  const path = `/v2/${name}/blobs/${layer.digest}`;
  await clients[1].send('GET', path).catch(() => undefined);
  await expect.poll(async () => (await clients[1].send('GET', path)).status).toBe(404);
  expect(await scrub()).toMatchObject({ damaged: [{ digest: layer.digest, damage: 'corrupt' }] });
  await clients[0].pushBlob(name, layer.bytes);
  for (const client of clients) expect(sha256((await client.send('GET', path)).body)).toBe(layer.digest);
  expect(await scrub()).toMatchObject({ missing: 0, corrupt: 0 });
});

test('a process that does not seal reads and keeps what others seal, and they read what it stores', async () => {
  const plain = await createTestApp({ ...replicaOf(one), SEALED_STORAGE: '0' });
  try {
    const client = createRawClient(plain.url, basic(ada.token));
    const [sealed, unsealed] = [randomBytes(100_000), randomBytes(100_000)];
    await clients[0].pushBlob(name, sealed);
    await client.pushBlob(name, unsealed);
    for (const bytes of [sealed, unsealed]) {
      for (const each of [...clients, client]) {
        const { body } = await each.send('GET', `/v2/${name}/blobs/${sha256(bytes)}`);
        expect(body.equals(bytes)).toBe(true);
      }
    }
    // Neither continues an upload of the other.
    const bytes = randomBytes(100_000);
    for (const [first, second] of [
      [clients[0], client],
      [client, clients[0]],
    ] as const) {
      const location = await first.startUpload(name);
      expect((await first.send('PATCH', location, { body: bytes })).status).toBe(202);
      const put = await second.send('PUT', `${location}?digest=${sha256(bytes)}`);
      expect(put).toMatchObject({ status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] });
    }
    expect(await listFiles('blobs/sha256')).toHaveLength(1);
    expect(await verifyStore(plain.app)).toMatchObject({ missing: 0, wrongSize: 0 });
    expect(await verifyStore(one.app)).toMatchObject({ missing: 0, wrongSize: 0 });
  } finally {
    await plain.close();
  }
});

test('a site with unsealed blobs goes on as before until it is told to seal', async () => {
  const site = await createTestApp({ MASTER_KEY });
  const open = (sealed: string) =>
    createTestApp({
      DATABASE_URL: site.app.config.databaseUrl ?? '',
      DATA_DIR: site.app.config.dataDir,
      MASTER_KEY,
      SEALED_STORAGE: sealed,
    });
  const eve = await site.createUser();
  const push = async (to: TestApp) => {
    const bytes = randomBytes(1000);
    await createRawClient(to.url, basic(eve.token)).pushBlob(`${eve.alias}/tool`, bytes);
    const hex = createHash('sha256').update(bytes).digest('hex');
    const files = await readdir(join(site.app.config.dataDir, 'blobs'), { recursive: true });
    return files.filter((file) => file.endsWith(hex)).map((file) => file.split('/')[0]);
  };
  expect(await push(site)).toEqual(['sha256']);
  const [unset, told] = [await open(''), await open('1')];
  expect(await push(unset)).toEqual(['sha256']);
  expect(await push(told)).toEqual(['sealed']);
  await told.close();
  await unset.close();
  await site.close();
});

test('a start without the master key that protects the sealing key fails with a sentence', async () => {
  const config = readConfig({ ...replicaOf(one), MASTER_KEY: `2:${'b'.repeat(32)}`, LOG_LEVEL: 'silent' });
  await expect(createApp(config, createLog('silent', false))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('is protected by master:1. List that version in MASTER_KEY again') as string,
  });
});

test('after a rotation, keys are wrapped with the newest master key, and the old one can go', async () => {
  const bytes = randomBytes(1000);
  const digest = await clients[0].pushBlob(name, bytes);
  const rotated = `2:${'b'.repeat(32)}`;
  const both = await createTestApp({ ...replicaOf(one), MASTER_KEY: `${rotated},${MASTER_KEY}`, SEALED_STORAGE: '' });
  expect((await rewrapKeys(both.app, { caller: SYSTEM_CALLER })).keys).toBe(2);
  expect((await rewrapKeys(both.app, { caller: SYSTEM_CALLER })).keys).toBe(0);
  await expect(rewrapKeys(both.app, { caller: ada.caller })).rejects.toMatchObject({ code: 'forbidden' });
  await both.close();
  const onlyNew = await createTestApp({ ...replicaOf(one), MASTER_KEY: rotated, SEALED_STORAGE: '' });
  const { body } = await createRawClient(onlyNew.url, basic(ada.token)).send('GET', `/v2/${name}/blobs/${digest}`);
  expect(body.equals(bytes)).toBe(true);
  await onlyNew.close();
});

test('seals the store of this site only, and with its own master key', async () => {
  const site = await createTestApp({ MASTER_KEY });
  const { pool, config, keyServices, log } = site.app;
  const eve = await site.createUser();
  const client = createRawClient(site.url, basic(eve.token));
  const bytes = randomBytes(1000);
  const digest = await client.pushBlob(`${eve.alias}/tool`, bytes);
  const storage = await openDisk(config.dataDir, { reserveBytes: 0 });
  const other = await openDisk(one.app.config.dataDir, { reserveBytes: 0 });
  await expect(sealStore(site.app, { storage: other })).rejects.toMatchObject({ code: 'conflict' });
  const masterKeys = openMasterKeys(readConfig({ MASTER_KEY: 'c'.repeat(32) }));
  await expect(sealStore({ pool, masterKeys, keyServices, log }, { storage })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await site.app.db.sealingKey.count()).toBe(0);
  expect(await sealStore(site.app, { storage })).toMatchObject({ sealed: 1, damaged: 0 });
  expect((await client.send('GET', `/v2/${eve.alias}/tool/blobs/${digest}`)).body.equals(bytes)).toBe(true);
  expect(await verifyStore(site.app)).toMatchObject({ missing: 0, wrongSize: 0 });
  for (const { volume } of [storage, other]) volume.close();
  await site.close();
});

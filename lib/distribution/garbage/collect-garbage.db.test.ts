import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { toDigest } from '#lib/oci/digest.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';
import { collectGarbage } from './collect-garbage.ts';

const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

let site: TestApp;
let ada: TestUser;
let client: RawClient;
beforeEach(async () => {
  site = await createTestApp({ GC_GRACE_SECONDS: '3600' });
  ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
});
afterEach(() => site.close());

const collect = (options: { isDryRun?: boolean } = {}) => collectGarbage(site.app, { isThorough: true, ...options });

/** Ages all state by a number of seconds. */
async function pass(seconds: number): Promise<void> {
  const { db, config, blobs } = site.app;
  await db.$executeRaw`UPDATE link_reviews SET queued_at = queued_at - make_interval(secs => ${seconds})`;
  await db.$executeRaw`UPDATE blob_reviews SET queued_at = queued_at - make_interval(secs => ${seconds})`;
  await db.$executeRaw`UPDATE repository_blobs SET leased_at = leased_at - make_interval(secs => ${seconds})`;
  await db.$executeRaw`UPDATE deletions SET deleted_at = deleted_at - make_interval(secs => ${seconds})`;
  config.gcGraceSeconds = 1;
  // A file's ctime can't be set back, so wait.
  let lastChange = 0;
  for await (const { changedAt } of blobs.list()) lastChange = Math.max(lastChange, changedAt.getTime());
  await sleep(Math.max(0, lastChange + config.gcGraceSeconds * 1000 + 1 - Date.now()));
}

/** Stores a blob as a push does, but without its row. */
async function storeWithoutRow(bytes: Buffer): Promise<void> {
  const { intake } = site.app;
  const id = randomUUID();
  await intake.begin(id);
  const last = { source: Readable.from([bytes]), options: { offsetBytes: null, expectedBytes: null } };
  const digest = toDigest('sha256', sha256(bytes).slice('sha256:'.length));
  await intake.finish({ id, fence: 0n }, { digest, scope: 'site', last });
}

async function pushImage(name: string, tag: string, layerBytes = randomBytes(1000)) {
  const config = blobOf(CONFIG_TYPE, JSON.stringify({ os: 'linux', id: randomUUID() }));
  const image = buildManifest({ config, layers: [blobOf(LAYER_TYPE, layerBytes)] });
  for (const blob of image.blobs) await client.pushBlob(name, blob.bytes);
  const answer = await client.send('PUT', `/v2/${name}/manifests/${tag}`, {
    headers: { 'content-type': image.mediaType },
    body: image.bytes,
  });
  expect(answer.status).toBe(201);
  return { digest: image.digest, layer: sha256(layerBytes) };
}

const status = async (method: string, path: string) => (await client.send(method, `/v2/${path}`)).status;

describe('garbage collection', () => {
  test('removes unreferenced blobs, but not before the grace period ends', async () => {
    const name = `${ada.alias}/tool`;
    const lost = await client.pushBlob(name, 'nobody ever names this');
    const { layer } = await pushImage(name, 'v1');
    expect(await collect()).toMatchObject({ links: { reviewed: 0 }, blobs: { removed: 0 } });
    await pass(3600);
    expect(await collect()).toMatchObject({ links: { reviewed: 3, kept: 2, removed: 1 }, blobs: { removed: 0 } });
    expect(await status('HEAD', `${name}/blobs/${lost}`)).toBe(404);
    await pass(3600);
    const bytes = 'nobody ever names this'.length;
    expect((await collect()).blobs).toEqual({ reviewed: 1, kept: 0, removed: 1, freedBytes: bytes, isHeld: false });
    expect(await status('HEAD', `${name}/blobs/${layer}`)).toBe(200);
    expect(await readStoredState(site.app)).toMatchObject({ links: 2, blobs: 2, blobFiles: 2 });
    // Nothing is reviewed twice without a reason.
    await pass(3600);
    expect(await collect()).toMatchObject({ links: { reviewed: 0 }, blobs: { reviewed: 0 } });
  });

  test('reports the same in a dry run, without changes', async () => {
    await client.pushBlob(`${ada.alias}/tool`, 'x');
    await pass(3600);
    const before = await readStoredState(site.app);
    expect(await collect({ isDryRun: true })).toMatchObject({ links: { reviewed: 1, removed: 1 } });
    expect(await readStoredState(site.app)).toEqual(before);
    expect(await collect()).toMatchObject({ links: { reviewed: 1, removed: 1 } });
    await pass(3600);
    expect((await collect({ isDryRun: true })).blobs).toEqual({
      reviewed: 1,
      kept: 0,
      removed: 1,
      freedBytes: 1,
      isHeld: false,
    });
    expect(await readStoredState(site.app)).toMatchObject({ blobs: 1, blobFiles: 1 });
    expect((await collect()).blobs.removed).toBe(1);
  });

  test('keeps blobs that a pusher has just checked or mounted', async () => {
    const name = `${ada.alias}/tool`;
    const digest = await client.pushBlob(name, 'asked for');
    const mounted = await client.pushBlob(`${name}-2`, 'mounted');
    await client.send('POST', `/v2/${name}/blobs/uploads/?mount=${mounted}&from=${name}-2`);
    await pass(3600);
    expect(await status('HEAD', `${name}/blobs/${digest}`)).toBe(200);
    expect(await status('POST', `${name}/blobs/uploads/?mount=${mounted}&from=${name}-2`)).toBe(201);
    site.app.config.gcGraceSeconds = 60;
    expect((await collect()).links).toEqual({ reviewed: 3, kept: 2, removed: 1 });
    expect(await status('HEAD', `${name}/blobs/${digest}`)).toBe(200);
    await pass(3600);
    expect((await collect()).links).toEqual({ reviewed: 2, kept: 0, removed: 2 });
  });

  test('doesn’t lease blobs that an anonymous client checks', async () => {
    const name = `${ada.alias}/tool`;
    const digest = await client.pushBlob(name, 'asked for');
    await pass(3600);
    const anybody = createRawClient(site.url);
    expect((await anybody.send('HEAD', `/v2/${name}/blobs/${digest}`)).status).toBe(200);
    expect((await collect()).links.removed).toBe(1);
  });

  test('keeps the blobs of a deleted manifest until its restore period ends, and shared blobs longer', async () => {
    const name = `${ada.alias}/tool`;
    const shared = randomBytes(500);
    const kept = await pushImage(name, 'kept', shared);
    const gone = await pushImage(name, 'gone', shared);
    const elsewhere = await pushImage(`${name}-2`, 'v1', shared);
    expect(await status('DELETE', `${name}/manifests/${gone.digest}`)).toBe(202);
    await pass(3600);
    expect((await collect()).blobs.removed).toBe(0);
    expect(await readStoredState(site.app)).toMatchObject({ blobFiles: 4 });
    await pass(7 * 24 * 3600);
    expect((await collect()).expiredDeletions).toBe(1);
    await pass(3600);
    expect((await collect()).blobs).toMatchObject({ removed: 1 });
    expect(await status('HEAD', `${name}/blobs/${shared.length > 0 ? kept.layer : ''}`)).toBe(200);
    expect(await status('HEAD', `${name}-2/blobs/${elsewhere.layer}`)).toBe(200);
    await deleteRepository(site.app, { caller: ada.caller, fullName: `${name}-2` });
    await deleteRepository(site.app, { caller: ada.caller, fullName: name });
    await pass(7 * 24 * 3600);
    expect((await collect()).expiredDeletions).toBe(2);
    await pass(3600);
    await collect();
    expect(await readStoredState(site.app)).toMatchObject({
      repositories: 0,
      manifests: 0,
      tags: 0,
      links: 0,
      blobs: 0,
      blobFiles: 0,
    });
    expect(await site.app.db.manifestBlob.count()).toBe(0);
  });

  test('removes bytes without a row, and rows without bytes', async () => {
    const { db } = site.app;
    await storeWithoutRow(randomBytes(100));
    const row = await db.blob.create({ data: { sha256: sha256('never written'), sizeBytes: 5 } });
    await db.blobReview.create({ data: { blobId: row.id } });
    expect(await collect()).toMatchObject({ orphans: 0, blobs: { removed: 0 } });
    await pass(3600);
    expect(await collect()).toMatchObject({ orphans: 1, blobs: { removed: 2 } });
    expect(await readStoredState(site.app)).toMatchObject({ blobs: 0, blobFiles: 0 });
  });

  test('keeps freshly stored bytes even if their row is garbage', async () => {
    await client.pushBlob(`${ada.alias}/tool`, 'twice');
    await pass(3600);
    await collect();
    await pass(3600);
    // Another push has moved the same bytes into place and is about to write the row.
    await storeWithoutRow(Buffer.from('twice'));
    site.app.config.gcGraceSeconds = 60;
    expect((await collect()).blobs).toMatchObject({ reviewed: 1, removed: 0 });
    await pass(3600);
    expect((await collect()).blobs).toMatchObject({ removed: 1 });
  });

  test('deletes untagged manifests only where the publisher has enabled it', async () => {
    const { db } = site.app;
    const name = `${ada.alias}/tool`;
    const first = await pushImage(name, 'latest');
    const second = await pushImage(name, 'latest');
    await db.$executeRaw`UPDATE manifests SET pushed_at = pushed_at - interval '10 days'`;
    await db.$executeRaw`UPDATE tag_events SET at = at - interval '10 days'`;
    expect((await collect()).untaggedManifests).toBe(0);
    await db.repository.updateMany({ data: { untaggedDays: 11 } });
    expect((await collect()).untaggedManifests).toBe(0);
    await db.repository.updateMany({ where: { registryKey: { gt: 0 } }, data: { untaggedDays: 9 } });
    expect((await collect({ isDryRun: true })).untaggedManifests).toBe(1);
    expect((await collect()).untaggedManifests).toBe(1);
    expect(await status('HEAD', `${name}/manifests/${first.digest}`)).toBe(404);
    expect(await status('HEAD', `${name}/manifests/${second.digest}`)).toBe(200);
    expect(await db.deletion.findMany({ select: { kind: true, digest: true, deletedBy: true } })).toEqual([
      { kind: 'manifest', digest: first.digest, deletedBy: 'system' },
    ]);
  });
});

// A closed repository is closed for caches too. They must revalidate, and the request then fails.
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { liftQuarantine } from '#lib/repositories/moderation/lift-quarantine.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { mirrorRepository } from '#lib/upstream/mirrors/mirror-repository.ts';
import { pinMirror } from '#lib/upstream/mirrors/pin-mirror.ts';
import { removeMirror } from '#lib/upstream/mirrors/remove-mirror.ts';
import { deleteUntagged } from '#lib/distribution/garbage/delete-untagged.ts';

const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });
const PUBLIC = 'public, max-age=60, must-revalidate';
const refused = { code: 'quarantined' };

let vitrine: TestApp;
let ada: TestUser;
let admin: TestUser;
let publisher: RawClient;
let anybody: RawClient;
let name: string;
let blob: string;
let count = 0;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  admin = await vitrine.createUser({ role: 'admin' });
  publisher = createRawClient(vitrine.url, basic(ada.token));
  anybody = createRawClient(vitrine.url);
});
afterAll(() => vitrine.close());

beforeEach(async () => {
  count += 1;
  name = `${ada.alias}/closing${count}`;
  blob = await publisher.pushBlob(name, `bytes of ${name}`);
  await push('v1');
});

const push = (reference: string) =>
  publisher.send('PUT', `/v2/${name}/manifests/${reference}`, {
    headers: { 'content-type': OCI_IMAGE_INDEX },
    body: MANIFEST,
  });
const digest = sha256(MANIFEST);
const setPrivate = () =>
  vitrine.app.db.repository.updateMany({ where: { name: name.split('/')[1] ?? '' }, data: { visibility: 'private' } });
const quarantine = () =>
  quarantineRepository(vitrine.app, { caller: admin.caller, fullName: name, reason: 'A miner was found.' });

/** Paths by digest, with their ETags. */
const contents = (): [path: string, digest: string][] => [
  [`/v2/${name}/blobs/${blob}`, blob],
  [`/v2/${name}/manifests/${digest}`, digest],
];
const lists = () => [`/v2/${name}/manifests/v1`, `/v2/${name}/tags/list`, `/v2/${name}/referrers/${digest}`];

describe('cache headers', () => {
  test('allow content for a minute, and require revalidation of tags and lists', async () => {
    for (const method of ['GET', 'HEAD']) {
      for (const [path, etag] of contents()) {
        const headers = { 'cache-control': PUBLIC, etag: `"${etag}"` };
        expect(await anybody.send(method, path), path).toMatchObject({ status: 200, headers });
      }
    }
    for (const path of lists()) {
      expect(await anybody.send('GET', path), path).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'no-cache' },
      });
    }
  });

  test('forbid shared caching of a private repository and any caching of an error', async () => {
    await setPrivate();
    for (const path of [...contents().map(([path]) => path), ...lists()]) {
      const headers = { 'cache-control': 'private, no-cache' };
      expect(await publisher.send('GET', path), path).toMatchObject({ status: 200, headers });
      expect(await anybody.send('GET', path)).toMatchObject({ status: 401, headers: { 'cache-control': 'no-store' } });
    }
  });

  test('never call content immutable', async () => {
    for (const path of [...contents().map(([path]) => path), ...lists()]) {
      expect((await anybody.send('GET', path)).headers['cache-control']).not.toMatch(/immutable|max-age=\d{3}/);
    }
  });
});

describe('a cache that revalidates', () => {
  const ask = (path: string, etag: string) =>
    anybody.send('GET', path, { headers: { 'if-none-match': `W/"x", "${etag}"`, range: 'bytes=0-1' } });

  test('gets a 304 without a read of the blob', async () => {
    await unlink(join(vitrine.app.config.dataDir, 'blobs', 'sha256', blob.slice(7, 9), blob.slice(7)));
    for (const [path, etag] of contents()) {
      const answer = await ask(path, etag);
      expect(answer).toMatchObject({ status: 304, headers: { 'cache-control': PUBLIC, etag: `"${etag}"` } });
      expect(answer.body).toHaveLength(0);
    }
    expect((await ask(`/v2/${name}/blobs/${blob}`, digest)).status).toBe(404);
  });

  test.each([
    ['in quarantine', quarantine, 403],
    ['private', setPrivate, 401],
    ['deleted', () => vitrine.app.db.repository.deleteMany({ where: { name: name.split('/')[1] ?? '' } }), 401],
  ])('is refused once the repository is closed: %s', async (_why, close, status) => {
    for (const [path, etag] of contents()) expect((await ask(path, etag)).status).toBe(304);
    await close();
    for (const [path, etag] of contents()) {
      await expect.poll(async () => (await ask(path, etag)).status).toBe(status);
      expect(await ask(path, etag)).toMatchObject({ status, headers: { 'cache-control': 'no-store' } });
    }
  });

  test('gets a 404 for a deleted blob or manifest', async () => {
    expect((await publisher.send('DELETE', `/v2/${name}/manifests/${digest}`)).status).toBe(202);
    expect((await publisher.send('DELETE', `/v2/${name}/blobs/${blob}`)).status).toBe(202);
    for (const [path, etag] of contents()) await expect.poll(async () => (await ask(path, etag)).status).toBe(404);
  });
});

describe('nothing is written into a repository in quarantine', () => {
  const restore = async (user: TestUser) => {
    const where = { repository: { name: name.split('/')[1] ?? '' } };
    const { id } = await vitrine.app.db.deletion.findFirstOrThrow({ where });
    return restoreDeletion(vitrine.app, { caller: user.caller, id });
  };

  test.each(['v1', digest])('by restoring %s, which works again after the quarantine', async (reference) => {
    expect((await publisher.send('DELETE', `/v2/${name}/manifests/${reference}`)).status).toBe(202);
    await quarantine();
    for (const user of [ada, admin]) await expect(restore(user)).rejects.toMatchObject(refused);
    const repository = await findRepository(vitrine.app, name);
    expect(await vitrine.app.db.tag.count({ where: { repositoryId: repository?.id ?? 0n } })).toBe(0);
    await liftQuarantine(vitrine.app, { caller: admin.caller, fullName: name });
    expect(await restore(ada)).toMatchObject({ skippedTags: [] });
  });

  test('by mirroring, pinning or removing it', async () => {
    const [alias = '', short = ''] = name.split('/');
    const { caller } = ada;
    await vitrine.app.db.repository.deleteMany({ where: { name: short } });
    const upstream = { host: 'registry.example.org' };
    const mirror = (upstreamName: string) =>
      mirrorRepository(vitrine.app, { caller, alias, name: short, upstream, upstreamName });
    await mirror('acme/app');
    await quarantine();
    for (const write of [
      () => mirror('acme/other'),
      () => pinMirror(vitrine.app, { caller, fullName: name, isPinned: true }),
      () => removeMirror(vitrine.app, { caller, fullName: name }),
    ]) {
      await expect(write()).rejects.toMatchObject(refused);
    }
    const row = await vitrine.app.db.repository.findFirstOrThrow({ where: { name: short } });
    expect(row).toMatchObject({ upstreamName: 'acme/app', isPinned: false });
  });

  test('by the cleanup of untagged manifests', async () => {
    const { db } = vitrine.app;
    const { id } = await db.repository.update({
      where: { id: (await findRepository(vitrine.app, name))?.id ?? 0n },
      data: { untaggedDays: 1 },
    });
    const old = new Date(Date.now() - 5 * 86_400_000);
    await db.tag.deleteMany({ where: { repositoryId: id } });
    await db.manifest.updateMany({ where: { repositoryId: id }, data: { pushedAt: old } });
    await db.tagEvent.updateMany({ where: { repositoryId: id }, data: { at: old } });
    expect(await deleteUntagged(vitrine.app, { isDryRun: true })).toBe(1);
    await quarantine();
    expect(await deleteUntagged(vitrine.app, { isDryRun: false })).toBe(0);
    expect(await db.manifest.count({ where: { repositoryId: id } })).toBe(1);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { deleteRepository } from './delete-repository.ts';
import { listDeletions } from './deletion-queries.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { listGalleryAddresses } from '#lib/gallery/sitemap-queries.ts';
import { purgeDeletions } from './purge-deletions.ts';
import { restoreDeletion } from './restore-deletion.ts';
import { takeDownRepository } from '#lib/repositories/moderation/take-down-repository.ts';

let site: TestApp;
let admin: TestUser;
let ada: TestUser;
let client: RawClient;
let name: string;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
});
afterAll(() => site.close());
beforeEach(async () => {
  ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
  name = `${ada.alias}/tool`;
});

async function push(tags: string[]): Promise<BuiltManifest> {
  const config = blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify({ os: 'linux', id: randomUUID() }));
  const image = buildManifest({ config, layers: [blobOf('application/vnd.oci.image.layer.v1.tar', randomUUID())] });
  for (const blob of image.blobs) await client.pushBlob(name, blob.bytes);
  for (const tag of tags) await putTag(tag, image);
  return image;
}

const putTag = (tag: string, image: BuiltManifest) =>
  client.send('PUT', `/v2/${name}/manifests/${tag}`, {
    headers: { 'content-type': image.mediaType },
    body: image.bytes,
  });
const drop = async (path: string) => expect((await client.send('DELETE', `/v2/${name}/${path}`)).status).toBe(202);
const pull = async (reference: string) => {
  const { status, headers } = await client.send('GET', `/v2/${name}/manifests/${reference}`);
  return status === 200 ? headers['docker-content-digest'] : status;
};

async function list() {
  const registry = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
  return (await listDeletions(site.app, { registryKey: registry.registryKey, offset: 0, limit: 10 })).rows;
}
const latest = async () => (await list())[0]?.id ?? '';
const restore = (id: string, caller = ada.caller) => restoreDeletion(site.app, { caller, id });

describe('a deleted tag', () => {
  test('can be restored, which is audited', async () => {
    const image = await push(['v1', 'v2']);
    await drop('manifests/v1');
    const [deletion] = await list();
    expect(deletion).toMatchObject({
      kind: 'tag',
      fullName: name,
      tag: 'v1',
      digest: image.digest,
      deletedBy: ada.email,
    });
    const days = ((deletion?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(await pull('v1')).toBe(404);
    expect(await restore(deletion?.id ?? '')).toEqual({ target: `${name}:v1`, skippedTags: [] });
    expect(await pull('v1')).toBe(image.digest);
    expect(await list()).toEqual([]);
    const events = await site.app.db.tagEvent.findMany({ where: { tag: 'v1' }, orderBy: { id: 'desc' }, take: 2 });
    expect(events).toMatchObject([{ toDigest: image.digest }, { fromDigest: image.digest, toDigest: null }]);
    expect(await site.app.db.auditEvent.count({ where: { action: 'tag.restore', target: `${name}:v1` } })).toBe(1);
    await expect(restore(deletion?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that exists again is not replaced, and the deletion stays', async () => {
    await push(['v1']);
    await drop('manifests/v1');
    const id = await latest();
    const newer = await push(['v1']);
    await expect(restore(id)).rejects.toMatchObject({
      code: 'conflict',
      message: `${name}:v1 exists again and points to ${newer.digest}. Delete that tag first to restore the old one.`,
    });
    expect(await pull('v1')).toBe(newer.digest);
    expect(await latest()).toBe(id);
  });

  test('can only be restored after its manifest', async () => {
    const image = await push(['v1', 'v2']);
    await drop('manifests/v1');
    const id = await latest();
    await drop(`manifests/${image.digest}`);
    await expect(restore(id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/Restore that manifest first/) as string,
    });
    await restore(await latest());
    await restore(id);
    expect(await pull('v1')).toBe(image.digest);
  });
});

describe('a deleted manifest', () => {
  test('is restored with tags and blobs, even after a garbage collection', async () => {
    const image = await push(['v1', 'v2']);
    await drop(`manifests/${image.digest}`);
    expect(await list()).toMatchObject([{ kind: 'manifest', digest: image.digest, tags: ['v1', 'v2'] }]);
    // Unlink the blobs from the repository, which no longer needs them.
    const repository = await findRepository(site.app, name);
    await site.app.db.repositoryBlob.deleteMany({ where: { repositoryId: repository?.id ?? 0n } });
    const newer = await push(['v2']);
    expect(await restore(await latest())).toEqual({ target: `${name}@${image.digest}`, skippedTags: ['v2'] });
    expect([await pull(image.digest), await pull('v1'), await pull('v2')]).toEqual([
      image.digest,
      image.digest,
      newer.digest,
    ]);
    for (const { digest, bytes } of image.blobs) {
      const { status, body } = await client.send('GET', `/v2/${name}/blobs/${digest}`);
      expect({ status, isSame: body.equals(bytes) }).toEqual({ status: 200, isSame: true });
    }
    expect(await site.app.db.repository.count({ where: { registryKey: -1n, heldFor: null } })).toBe(0);
  });

  test('that was pushed again gets its old tags back', async () => {
    const image = await push(['v1']);
    await drop(`manifests/${image.digest}`);
    const id = await latest();
    for (const blob of image.blobs) await client.pushBlob(name, blob.bytes);
    await putTag('other', image);
    await restore(id);
    expect([await pull('v1'), await pull('other')]).toEqual([image.digest, image.digest]);
  });

  test('keeps its blobs from being deleted', async () => {
    const image = await push(['v1']);
    const [blob] = image.blobs;
    const answer = await client.send('DELETE', `/v2/${name}/blobs/${blob?.digest}`);
    expect(answer).toMatchObject({ status: 405, codes: ['UNSUPPORTED'] });
    await drop(`manifests/${image.digest}`);
    await drop(`blobs/${blob?.digest}`);
    await restore(await latest());
    expect((await client.send('GET', `/v2/${name}/blobs/${blob?.digest}`)).status).toBe(200);
  });
});

describe('a deleted repository', () => {
  test('disappears immediately, frees its name and can be restored unchanged', async () => {
    const image = await push(['v1']);
    await drop('manifests/v1');
    await putTag('v2', image);
    await deleteRepository(site.app, { caller: ada.caller, fullName: name });
    expect(await pull('v2')).toBe(404);
    const inGallery = async () =>
      (await listGalleryAddresses(site.app, { offset: 0, limit: 1000 })).some(({ alias }) => alias === ada.alias);
    expect(await inGallery()).toBe(false);
    // The tag is restored with the repository, so it isn't listed separately.
    expect(await list()).toMatchObject([{ kind: 'repository', fullName: name }]);
    const id = await latest();
    await push(['new']);
    await expect(restore(id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/exists again/) as string,
    });
    await deleteRepository(site.app, { caller: ada.caller, fullName: name });
    expect(await restore(id)).toEqual({ target: name, skippedTags: [] });
    expect([await pull('v2'), await pull('new')]).toEqual([image.digest, 404]);
    expect(await inGallery()).toBe(true);
    expect((await list()).map(({ kind }) => kind)).toEqual(['repository', 'tag']);
  });

  test('that an admin took down can only be restored by an admin', async () => {
    await push(['v1']);
    await takeDownRepository(site.app, { caller: admin.caller, fullName: name, reason: 'Court order.' });
    const id = await latest();
    expect(await list()).toMatchObject([{ reason: 'Court order.', isByAdmin: true }]);
    await expect(restore(id)).rejects.toMatchObject({ code: 'forbidden' });
    await restore(id, admin.caller);
    expect(await pull('v1')).not.toBe(404);
  });
});

describe('a restore is refused', () => {
  test('to strangers without disclosing anything, and to pushers with a hint', async () => {
    await push(['v1']);
    await drop('manifests/v1');
    const id = await latest();
    const stranger = await site.createUser();
    await expect(restore(id, stranger.caller)).rejects.toMatchObject({ code: 'not_found' });
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    await site.app.db.member.create({
      data: { registryKey, userId: stranger.caller.principal.userId, role: 'pusher' },
    });
    await expect(restore(id, stranger.caller)).rejects.toMatchObject({ code: 'forbidden' });
    const remove = deleteRepository(site.app, { caller: stranger.caller, fullName: name });
    await expect(remove).rejects.toMatchObject({ code: 'forbidden' });
    for (const wrong of ['', 'x', randomUUID()])
      await expect(restore(wrong)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('to everybody after it has expired', async () => {
    await push(['v1']);
    await drop('manifests/v1');
    const id = await latest();
    await site.app.db.deletion.update({
      where: { id },
      data: { deletedAt: new Date(Date.now() - 7 * 86_400_000 - 1) },
    });
    await expect(restore(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await list()).toEqual([]);
    expect(await purgeDeletions(site.app, { isDryRun: true })).toBe(1);
    expect(await purgeDeletions(site.app, { isDryRun: false })).toBe(1);
    expect(await site.app.db.deletion.count({ where: { id } })).toBe(0);
  });
});

import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pinMirror } from '#lib/upstream/mirrors/pin-mirror.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { countCachedBytes } from './evict-blobs.sql.ts';
import { evictBlobs } from './evict-blobs.ts';

const KB = 1024;
const LAYER_BYTES = 100 * KB;

let site: MirrorSite;
beforeEach(async () => {
  site = await createMirrorSite({ CACHE_SIZE: '350KB' });
});
afterEach(() => site.close());

/** Pulls an image of one layer through and sets when it was last used. */
async function pullThrough(repository: string, layer: Buffer, hoursAgo: number): Promise<string> {
  const config = blobOf('application/vnd.oci.image.config.v1+json', '{}');
  const image = buildManifest({ config, layers: [blobOf('application/vnd.oci.image.layer.v1.tar', layer)] });
  site.upstream.content.add(repository, image, 'latest');
  const name = await site.mirror(repository);
  await site.anybody.send('GET', `/v2/${name}/manifests/latest`);
  await getBlob(name, layer);
  await expect.poll(() => site.app.db.blob.count({ where: { sha256: sha256(layer) } })).toBe(1);
  const lastUsedAt = new Date(Date.now() - hoursAgo * 60 * 60 * 1000);
  await site.app.db.blob.updateMany({ where: { sha256: sha256(layer) }, data: { lastUsedAt } });
  return name;
}

const getBlob = (name: string, layer: Buffer) => site.anybody.send('GET', `/v2/${name}/blobs/${sha256(layer)}`);
const isHere = async (layer: Buffer) => (await site.app.db.blob.count({ where: { sha256: sha256(layer) } })) === 1;

describe('the cache', () => {
  it('within its budget evicts nothing', async () => {
    const layer = randomBytes(LAYER_BYTES);
    await pullThrough('one', layer, 100);
    await evictBlobs(site.app);
    expect(await isHere(layer)).toBe(true);
    expect(await countCachedBytes(site.app)).toBe(LAYER_BYTES);
  });

  it('over its budget evicts the least recently used blob, which can be fetched again', async () => {
    const layers = [40, 10, 30, 20].map((hoursAgo) => ({ hoursAgo, layer: randomBytes(LAYER_BYTES) }));
    const names = new Map<Buffer, string>();
    for (const [i, { hoursAgo, layer }] of layers.entries())
      names.set(layer, await pullThrough(`r${i}`, layer, hoursAgo));
    await evictBlobs(site.app);
    const left = await Promise.all(layers.map(({ layer }) => isHere(layer)));
    expect(left).toEqual([false, true, true, true]);
    expect(await countCachedBytes(site.app)).toBeLessThanOrEqual(350 * KB * 0.9);
    const [gone] = layers;
    const again = await getBlob(names.get(gone?.layer ?? Buffer.alloc(0)) ?? '', gone?.layer ?? Buffer.alloc(0));
    expect(again.body.equals(gone?.layer ?? Buffer.alloc(0))).toBe(true);
  });

  it('keeps pinned, recently used and pushed blobs, even over its budget', async () => {
    const [pinned, shared, used, idle] = [1, 2, 3, 4].map(() => randomBytes(LAYER_BYTES)) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const pinnedName = await pullThrough('pinned', pinned, 100);
    await pullThrough('shared', shared, 90);
    const usedName = await pullThrough('used', used, 80);
    const idleName = await pullThrough('idle', idle, 70);
    await pinMirror(site.app, { caller: site.owner.caller, fullName: pinnedName, isPinned: true });
    await createRawClient(site.url, basic(site.owner.token)).pushBlob(`${site.owner.alias}/own`, shared);
    site.app.upstream.noted.clear();
    await getBlob(usedName, used);
    await expect
      .poll(async () => {
        const row = await site.app.db.blob.findFirstOrThrow({ where: { sha256: sha256(used) } });
        return Date.now() - row.lastUsedAt.getTime();
      })
      .toBeLessThan(60_000);
    site.app.config.mirrors.cacheMaxBytes = 250 * KB;
    await evictBlobs(site.app);
    expect(await Promise.all([pinned, shared, used, idle].map(isHere))).toEqual([true, true, true, false]);
    expect((await getBlob(idleName, idle)).status).toBe(200);
  });

  it('never evicts a blob that a concurrent push was told exists', async () => {
    const layer = randomBytes(LAYER_BYTES);
    await pullThrough('cached', layer, 1);
    site.app.config.mirrors.cacheMaxBytes = 0;
    // The worst moment: the bytes are in place, but their link is not.
    const { intake } = site.app;
    const finish = intake.finish.bind(intake);
    intake.finish = async (...args) => {
      const stored = await finish(...args);
      await evictBlobs(site.app);
      return stored;
    };
    const owner = createRawClient(site.url, basic(site.owner.token));
    const name = `${site.owner.alias}/pushed`;
    await expect(owner.pushBlob(name, layer)).rejects.toThrow(/503/);
    intake.finish = finish;
    await owner.pushBlob(name, layer);
    await evictBlobs(site.app);
    expect((await getBlob(name, layer)).body.equals(layer)).toBe(true);
  });

  it('refuses a mount of a blob that was evicted meanwhile', async () => {
    const layer = randomBytes(LAYER_BYTES);
    const from = await pullThrough('source', layer, 1);
    const owner = createRawClient(site.url, basic(site.owner.token));
    const name = `${site.owner.alias}/target`;
    const mount = () => owner.send('POST', `/v2/${name}/blobs/uploads/?mount=${sha256(layer)}&from=${from}`);
    site.app.config.mirrors.cacheMaxBytes = 0;
    await evictBlobs(site.app);
    expect((await mount()).status).toBe(202);
    await getBlob(from, layer);
    await expect.poll(() => isHere(layer)).toBe(true);
    expect((await mount()).status).toBe(201);
    await evictBlobs(site.app);
    expect((await getBlob(name, layer)).body.equals(layer)).toBe(true);
  });
});

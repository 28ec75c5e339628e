// Collects garbage every second with a grace period of one second, beside pushes, mounts, deletes and pulls over HTTP.
// Nothing acknowledged is lost, nothing dangles, and finally no byte is left. Runs until each of ENOUGH has happened,
// or for VITRINE_SOAK_SECONDS.
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';
import { verifyStore } from '#lib/distribution/integrity/verify-store.ts';
import { collectGarbage } from './collect-garbage.ts';

const SOAK_SECONDS = Number(process.env.VITRINE_SOAK_SECONDS ?? 0);
const ENOUGH = {
  pushed: 40,
  pulled: 40,
  deleted: 30,
  mounted: 5,
  'not mounted': 5,
  'links removed': 20,
  'blobs removed': 10,
};
const CLIENTS = 6;
const MAX_TRIES = 20;
const INTERVAL_MS = 1000;

const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

/** Few, so that clients share them and they repeatedly become garbage and are pushed again. */
const LAYERS = Array.from({ length: 30 }, (_, i) => createHash('sha512').update(`layer ${i}`).digest());

type Image = { repository: string; tag: string; digest: string; bytes: string; blobs: Buffer[] };
type Counts = Record<string, number>;

test('garbage collection never loses acknowledged content', { timeout: (SOAK_SECONDS + 120) * 1000 }, async () => {
  const site = await createTestApp({ GC_GRACE_SECONDS: '1', RESTORE_DAYS: '0' });
  onTestFinished(() => site.close());
  const ada = await site.createUser();
  const client = createRawClient(site.url, basic(ada.token));
  const repositories = ['one', 'two', 'three'].map((name) => `${ada.alias}/${name}`);
  for (const name of repositories) await client.pushBlob(name, randomBytes(10));
  const counts: Counts = {};
  const count = (what: string) => (counts[what] = (counts[what] ?? 0) + 1);
  const endsAt = Date.now() + SOAK_SECONDS * 1000;
  const isEnough = () => Object.entries(ENOUGH).every(([what, least]) => (counts[what] ?? 0) >= least);
  const isOver = () => (SOAK_SECONDS > 0 ? Date.now() >= endsAt : isEnough());
  const images = new Map<string, Image>();

  const collecting = (async () => {
    while (!isOver()) {
      const { links, blobs } = await collectGarbage(site.app, { isThorough: randomInt(4) === 0 });
      counts['links removed'] = (counts['links removed'] ?? 0) + links.removed;
      counts['blobs removed'] = (counts['blobs removed'] ?? 0) + blobs.removed;
      expect(await verifyStore(site.app)).toMatchObject({ unlinked: 0 });
      await sleep(INTERVAL_MS);
    }
  })();
  const working = Array.from({ length: CLIENTS }, async () => {
    const own: string[] = [];
    while (!isOver()) {
      const image = await pushImage(client, repositories, count);
      images.set(image.tag, image);
      own.push(image.tag);
      count('pushed');
      await expectWhole(client, image);
      const looked = images.get(own[randomInt(own.length)] ?? '');
      if (looked) await expectWhole(client, looked);
      count('pulled');
      while (own.length > 2 || (own.length > 0 && randomInt(3) === 0)) {
        const [tag = ''] = own.splice(randomInt(own.length), 1);
        const gone = images.get(tag);
        images.delete(tag);
        if (gone) await deleteImage(client, gone);
        count('deleted');
      }
      // A user deletes a blob manually.
      const blob = LAYERS[randomInt(LAYERS.length)] ?? Buffer.alloc(0);
      const repository = repositories[randomInt(repositories.length)];
      const { status } = await client.send('DELETE', `/v2/${repository}/blobs/${sha256(blob)}`);
      expect([202, 404, 405]).toContain(status);
      if (randomInt(4) === 0) await sleep(randomInt(1500));
    }
  });
  await Promise.all([collecting, ...working]);

  for (const image of images.values()) await expectWhole(client, image);
  expect(await verifyStore(site.app)).toMatchObject({ missing: 0, wrongSize: 0, unlinked: 0 });
  expect(isEnough(), JSON.stringify(counts)).toBe(true);
  for (const image of images.values()) await deleteImage(client, image);
  await expect
    .poll(
      async () => {
        await collectGarbage(site.app, { isThorough: true });
        const { links, blobs, blobFiles, manifests } = await readStoredState(site.app);
        return { links, blobs, blobFiles, manifests };
      },
      { timeout: 60_000, interval: 500 },
    )
    .toEqual({ links: 0, blobs: 0, blobFiles: 0, manifests: 0 });
  console.log(`garbage collection race: ${JSON.stringify(counts)}`);
});

/** Pushes as Docker does: HEAD, mount, upload, then the manifest. Starts over when the server asks for a blob. */
async function pushImage(client: RawClient, repositories: string[], count: (what: string) => void): Promise<Image> {
  const repository = repositories[randomInt(repositories.length)] ?? '';
  const from = repositories[randomInt(repositories.length)] ?? '';
  const layers = Array.from({ length: 1 + randomInt(3) }, () => LAYERS[randomInt(LAYERS.length)] ?? Buffer.alloc(0));
  const tag = `t-${randomUUID()}`;
  const config = Buffer.from(JSON.stringify({ os: 'linux', made: randomInt(4) }));
  const describe = (bytes: Buffer, mediaType: string) => ({ mediaType, digest: sha256(bytes), size: bytes.length });
  const bytes = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_IMAGE_MANIFEST,
    config: describe(config, CONFIG_TYPE),
    layers: layers.map((layer) => describe(layer, LAYER_TYPE)),
    annotations: { tag },
  });
  const blobs = [config, ...layers];
  for (let tries = 1; ; tries += 1) {
    for (const blob of blobs) await offerBlob(client, { repository, from, blob, count });
    if (randomInt(6) === 0) await sleep(randomInt(1200));
    const headers = { 'content-type': OCI_IMAGE_MANIFEST };
    const { status, codes } = await client.send('PUT', `/v2/${repository}/manifests/${tag}`, { headers, body: bytes });
    if (status === 201) return { repository, tag, digest: sha256(bytes), bytes, blobs };
    expect({ status, codes, isLastTry: tries >= MAX_TRIES }).toEqual({
      status: 400,
      codes: ['MANIFEST_BLOB_UNKNOWN'],
      isLastTry: false,
    });
    count('asked for a blob again');
  }
}

type Offer = { repository: string; from: string; blob: Buffer; count: (what: string) => void };

async function offerBlob(client: RawClient, { repository, from, blob, count }: Offer): Promise<void> {
  const digest = sha256(blob);
  const head = await client.send('HEAD', `/v2/${repository}/blobs/${digest}`);
  expect([200, 404]).toContain(head.status);
  if (head.status === 200) return;
  if (randomInt(2) === 0) {
    const mount = await client.send('POST', `/v2/${repository}/blobs/uploads/?mount=${digest}&from=${from}`);
    expect([201, 202]).toContain(mount.status);
    count(mount.status === 201 ? 'mounted' : 'not mounted');
    if (mount.status === 201) return;
    await client.send('DELETE', mount.headers.location ?? '');
  }
  for (;;) {
    const location = await client.startUpload(repository);
    const { status, codes } = await client.send('PUT', `${location}?digest=${digest}`, { body: blob });
    if (status === 201) return;
    // The collector removed the old bytes after the push had checked them.
    expect({ status, codes }).toEqual({ status: 503, codes: ['UNAVAILABLE'] });
    count('asked to send a blob again');
  }
}

async function expectWhole(client: RawClient, { repository, tag, digest, bytes, blobs }: Image): Promise<void> {
  for (const reference of [tag, digest]) {
    const manifest = await client.send('GET', `/v2/${repository}/manifests/${reference}`);
    expect({ status: manifest.status, text: manifest.body.toString() }).toEqual({ status: 200, text: bytes });
  }
  for (const blob of blobs) {
    const { status, body } = await client.send('GET', `/v2/${repository}/blobs/${sha256(blob)}`);
    expect({ status, isWhole: body.equals(blob) }).toEqual({ status: 200, isWhole: true });
  }
}

async function deleteImage(client: RawClient, { repository, digest }: Image): Promise<void> {
  expect((await client.send('DELETE', `/v2/${repository}/manifests/${digest}`)).status).toBe(202);
}

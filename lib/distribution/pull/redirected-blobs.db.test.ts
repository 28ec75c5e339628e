// Some stores can serve blobs directly, such as object storage with presigned URLs.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BlobStoreDecorator } from '#lib/blobs/blob-store-decorator.ts';
import type { BlobBytes, BlobKey, BlobStore, OpenedBlob, OpenOptions } from '#lib/blobs/blob-store.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';

class RedirectingStore extends BlobStoreDecorator {
  readonly #url: string;

  constructor(inner: BlobStore, url: string) {
    super(inner);
    this.#url = url;
  }

  override async open(key: BlobKey, options: OpenOptions = {}): Promise<OpenedBlob | null> {
    if (!options.mayRedirect) return this.inner.open(key, options);
    const stat = await this.inner.stat(key);
    return stat && { kind: 'redirect', url: `${this.#url}/${key.sha256}` };
  }

  override openCached(): BlobBytes | null {
    return null;
  }
}

const LAYER = randomBytes(10_000);
const CONFIG = Buffer.from('{"os":"linux","architecture":"riscv64"}');

let site: TestApp;
let client: RawClient;
let name: string;
let path: string;
let storage: string;
const server = createServer((_req, res) => res.end(LAYER));
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  storage = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  site = await createTestApp();
  const ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
  name = `${ada.alias}/tool`;
  path = `/v2/${name}/blobs/${await client.pushBlob(name, LAYER)}`;
  site.app.blobs = new RedirectingStore(site.app.blobs, storage);
});
afterAll(async () => {
  await site.close();
  server.close();
});

test.each([{}, { range: 'bytes=5-9' }])('answers GET with %o with a redirect to the blob', async (headers) => {
  const answer = await client.send('GET', path, { headers });
  expect(answer).toMatchObject({
    status: 307,
    headers: {
      location: `${storage}/${sha256(LAYER)}`,
      'docker-content-digest': sha256(LAYER),
      'cache-control': 'no-store',
      'content-length': '0',
    },
  });
  expect(answer.body).toHaveLength(0);
  const followed = await fetch(answer.headers.location ?? '');
  expect(Buffer.from(await followed.arrayBuffer()).equals(LAYER)).toBe(true);
});

test('answers HEAD and conditional GET without a redirect', async () => {
  const head = await client.send('HEAD', path);
  expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(LAYER.length) } });
  expect((await client.send('GET', path, { headers: { 'if-none-match': head.headers.etag } })).status).toBe(304);
});

test('doesn’t redirect to a blob that the repository lacks', async () => {
  expect(await client.send('GET', `/v2/${name}/blobs/${sha256('else')}`)).toMatchObject({ status: 404 });
});

test('returns bytes to readers in this process', async () => {
  const config = blobOf('application/vnd.oci.image.config.v1+json', CONFIG);
  const layer = blobOf('application/vnd.oci.image.layer.v1.tar', LAYER);
  await client.pushBlob(name, CONFIG);
  const manifest = buildManifest({ config, layers: [layer] });
  const headers = { 'content-type': manifest.mediaType };
  const answer = await client.send('PUT', `/v2/${name}/manifests/v1`, { headers, body: manifest.bytes });
  expect(answer.status).toBe(201);
  expect(await site.app.db.manifest.findFirst()).toMatchObject({ os: 'linux', architecture: 'riscv64' });
});

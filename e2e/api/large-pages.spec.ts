// Pages of the largest content that anyone may push must stay small, because rendering blocks the event loop.
import { beforeAll, expect, test } from 'vitest';
import { OCI_IMAGE_CONFIG, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { blobOf, buildImage, buildManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher } from '../fixtures.ts';

/** Size limit of a page's HTML, which lists at most 250 entries of each kind. */
const MAX_PAGE_BYTES = 700_000;

let repository = '';
let layer = '';

beforeAll(async () => {
  const { alias, secret } = await createPublisher();
  repository = `${alias}/large`;
  const client = createDistributionClient(BASE_URL, secret);
  const platform = { os: 'linux', architecture: 'amd64' };
  const files = Array.from({ length: 5_000 }, (_, i) => ({ path: `folder/${'x'.repeat(50)}${i}`, content: '' }));
  const image = await buildImage({ platform, created: '2026-01-02T03:04:05Z', layers: [files] });
  await client.push(repository, image, ['latest']);
  const config = blobOf(OCI_IMAGE_CONFIG, JSON.stringify({ ...platform, history: Array<object>(9_000).fill({}) }));
  await client.push(repository, buildManifest({ config, layers: image.blobs.slice(-1) }), ['history']);
  layer = image.blobs.at(-1)?.digest ?? '';

  const raw = createRawClient(BASE_URL, basic(secret));
  const put = async (tag: string, type: string, document: unknown) => {
    const options = { headers: { 'content-type': type }, body: JSON.stringify(document) };
    expect((await raw.send('PUT', `/v2/${repository}/manifests/${tag}`, options)).status).toBe(201);
  };
  const describe = ({ digest, bytes }: { digest: string; bytes: Buffer }, mediaType: string) => {
    return { digest, mediaType, size: bytes.length };
  };
  const [first] = image.blobs;
  if (!first) throw new Error('the image has no config');
  const wide = Array.from({ length: 11_000 }, (_, i) => ({
    mediaType: OCI_IMAGE_MANIFEST,
    size: 1,
    digest: `sha256:${String(i).padStart(64, '0')}`,
    platform: { os: 'linux', architecture: `a${i}` },
  }));
  await put('wide', OCI_IMAGE_INDEX, { schemaVersion: 2, manifests: wide });
  const described = { schemaVersion: 2, config: describe(first, OCI_IMAGE_CONFIG) };
  const layers = Array.from({ length: 20_000 }, () => ({ digest: layer, mediaType: 'a/b', size: 1 }));
  await put('deep', OCI_IMAGE_MANIFEST, { ...described, layers });
  const annotations = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key-${i}`, 'value']));
  await put('noted', OCI_IMAGE_MANIFEST, { ...described, layers: [], annotations });
}, 120_000);

const pages = ['wide', 'deep', 'noted', 'history'].flatMap((tag) => [
  `?tag=${tag}`,
  `/-/tags/${tag}`,
  `/-/layers?tag=${tag}`,
  `/-/security?tag=${tag}`,
]);

test.each(['/-/tags', '/-/layers/LAYER?path=folder', `/-/layers/LAYER?path=${'a/'.repeat(4_000)}`, ...pages])(
  'the page of a large repository at %s is small',
  async (path) => {
    const response = await fetch(`${BASE_URL}/${repository}${path.replace('LAYER', layer)}`);
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBeLessThan(MAX_PAGE_BYTES);
  },
);

test.each(['wide', 'deep', 'noted'])('the API returns the first entries of the lists of manifest %s', async (tag) => {
  const api = `${BASE_URL}/api/v1/repositories/${encodeURIComponent(repository)}`;
  const { digest } = (await (await fetch(`${api}/tags/${tag}`)).json()) as { digest: string };
  const manifest = (await (await fetch(`${api}/manifests/${digest}`)).json()) as Record<string, object>;
  for (const list of ['layers', 'children', 'annotations']) {
    expect(Object.keys(manifest[list] ?? {}).length).toBeLessThanOrEqual(250);
  }
});

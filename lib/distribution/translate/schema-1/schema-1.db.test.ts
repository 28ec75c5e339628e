// Schema 1 manifests as Docker 1.6 to 1.9 pushed them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSchema1Key } from '#lib/distribution/translate/schema-1/site-key.ts';
import { signManifest } from '#lib/distribution/translate/schema-1/sign-manifest.ts';
import { openSignedManifest } from '#lib/images/schema-1/open-signed-manifest.ts';
import { EMPTY_LAYER_DIGEST, SCHEMA_1, SCHEMA_1_SIGNED } from '#lib/oci/media-types.ts';
import { getManifestPage } from '#lib/gallery/manifest-queries.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';

const OLD_DOCKER = { 'user-agent': 'docker/1.9.1 go/go1.4.2 kernel/4.4.0 os/linux arch/amd64' };
const LAYERS = ['one', 'two'].map((text) => Buffer.from(`layer ${text}`));
const KEY = createSchema1Key(new Uint8Array(32).fill(7));

let site: TestApp;
let client: RawClient;
let name: string;

beforeAll(async () => {
  site = await createTestApp({ UNSIGNED_SCHEMA_1: '1', STRICT_ACCEPT: '1' });
  const ada = await site.createUser();
  client = createRawClient(site.url, basic(ada.token));
  name = `${ada.alias}/tool`;
  for (const bytes of LAYERS) await client.pushBlob(name, bytes);
});
afterAll(() => site.close());

function payloadOf(tag: string, layers = LAYERS.map((layer) => sha256(layer))): string {
  const steps = [
    {
      id: 'c',
      parent: 'b',
      created: '2015-01-02T03:04:05Z',
      os: 'linux',
      config: { Cmd: ['/hello'] },
      throwaway: true,
    },
    { id: 'b', parent: 'a', created: '2015-01-02T03:04:05Z', container_config: { Cmd: ['ADD two'] } },
    { id: 'a', created: '2015-01-02T03:04:05Z', container_config: { Cmd: ['ADD one'] } },
  ];
  const fsLayers = [EMPTY_LAYER_DIGEST, ...layers.reverse()].map((blobSum) => ({ blobSum }));
  const history = steps.map((step) => ({ v1Compatibility: JSON.stringify(step) }));
  return JSON.stringify({ schemaVersion: 1, name, tag, architecture: 'arm', fsLayers, history }, null, 3);
}
const signed = (tag: string, layers?: string[]) => signManifest(payloadOf(tag, layers), KEY, new Date());

const put = (reference: string, body: Buffer | string, type?: string) =>
  client.send('PUT', `/v2/${name}/manifests/${reference}`, { body, headers: type ? { 'content-type': type } : {} });
const get = (reference: string, headers: Record<string, string>) =>
  client.send('GET', `/v2/${name}/manifests/${reference}`, { headers });

test.each([undefined, 'application/json', SCHEMA_1, SCHEMA_1_SIGNED])('takes a signed one as %s', async (type) => {
  const body = signed('v1');
  const answer = await put('v1', body, type);
  expect(answer).toMatchObject({ status: 201, headers: { 'docker-content-digest': sha256(payloadOf('v1')) } });
  const got = await get('v1', OLD_DOCKER);
  expect(got.headers['content-type']).toBe(SCHEMA_1_SIGNED);
  expect(openSignedManifest(got.body).payload?.toString()).toBe(payloadOf('v1'));
  expect((await put(sha256(payloadOf('v1')), body, type)).status).toBe(201);
  expect(await put(sha256(body), body, type)).toMatchObject({ status: 400, codes: ['DIGEST_INVALID'] });
});

test('describes it on its page, with its history, layers and sizes', async () => {
  const body = signed('page');
  await put('page', body);
  const repository = await site.app.db.repository.findFirstOrThrow({ where: { name: 'tool' } });
  const view = await getManifestPage(site.app, { repositoryId: repository.id, digest: sha256(payloadOf('page')) });
  expect(view).toMatchObject({ os: 'linux', contentBytes: LAYERS[0]!.length + LAYERS[1]!.length });
  expect(view?.manifest?.layers.map(({ digest }) => digest)).toEqual(LAYERS.map((layer) => sha256(layer)));
  expect(view?.embeddedConfig).toMatchObject({
    config: { Cmd: ['/hello'] },
    history: [{ created_by: 'ADD one' }, { created_by: 'ADD two' }, { empty_layer: true }],
  });
});

test('keeps an unsigned one as it is, and signs it for clients that want that', async () => {
  const body = payloadOf('unsigned');
  const digest = sha256(body);
  expect(await put('unsigned', body, SCHEMA_1)).toMatchObject({
    status: 201,
    headers: { 'docker-content-digest': digest },
  });
  expect((await get('unsigned', { accept: SCHEMA_1 })).body.toString()).toBe(body);
  const got = await get('unsigned', OLD_DOCKER);
  expect(got.headers).toMatchObject({ 'content-type': SCHEMA_1_SIGNED, 'docker-content-digest': digest });
  expect(openSignedManifest(got.body).payload?.toString()).toBe(body);
});

test.each<[string, () => Buffer | string, string]>([
  ['a wrong signature', () => signed('v1').toString().replace('"arm"', '"a64"'), 'MANIFEST_UNVERIFIED'],
  ['a missing layer', () => signed('v1', [sha256('nowhere'), sha256('nobody')]), 'MANIFEST_BLOB_UNKNOWN'],
  ['fewer layers than steps', () => signed('v1', [sha256(LAYERS[0]!)]), 'MANIFEST_INVALID'],
  ['no JSON', () => '{"fsLayers"', 'MANIFEST_INVALID'],
])('refuses one with %s', async (_what, body, code) => {
  expect(await put('refused', body())).toMatchObject({ status: 400, codes: [code] });
  expect((await get('refused', {})).status).toBe(404);
});

test('with STRICT_ACCEPT, a client that can’t read it learns so', async () => {
  await put('strict', signed('strict'));
  const refused = await get('strict', { accept: 'application/vnd.oci.image.manifest.v1+json' });
  expect(refused).toMatchObject({ status: 404, codes: ['MANIFEST_UNKNOWN'] });
  expect(refused.body.toString()).toContain(SCHEMA_1_SIGNED);
});

// What clients of all ages get when they pull a tag.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DOCKER_IMAGE_CONFIG,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_IMAGE_CONFIG,
  OCI_IMAGE_INDEX,
  OCI_IMAGE_MANIFEST,
  SCHEMA_1_SIGNED,
} from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { openSignedManifest } from '#lib/images/schema-1/open-signed-manifest.ts';

let site: TestApp;
let publisher: RawClient;
let anybody: RawClient;
let name: string;
const digests: Record<string, string> = {};

const CONFIG = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  config: { Cmd: ['/hello', '<&>'] },
  created: '2024-01-02T03:04:05.120Z',
  history: [
    { created: '2024-01-02T03:04:05Z', created_by: 'ADD rootfs' },
    { created: '2024-01-02T03:04:05Z', created_by: 'CMD', empty_layer: true },
  ],
  rootfs: { type: 'layers', diff_ids: [`sha256:${'a'.repeat(64)}`] },
});
const LAYER = gzipSync('layer');

beforeAll(async () => {
  site = await createTestApp({ PULLS_PER_HOUR: '0' });
  const ada = await site.createUser();
  publisher = createRawClient(site.url, basic(ada.token));
  anybody = createRawClient(site.url);
  name = `${ada.alias}/tool`;
  for (const bytes of [CONFIG, LAYER]) await publisher.pushBlob(name, Buffer.from(bytes));
  await push('docker', DOCKER_MANIFEST, image(DOCKER_MANIFEST));
  await push('oci', OCI_IMAGE_MANIFEST, image(OCI_IMAGE_MANIFEST));
  await push('list', DOCKER_MANIFEST_LIST, list(DOCKER_MANIFEST_LIST, 'docker', DOCKER_MANIFEST));
  await push('index', OCI_IMAGE_INDEX, list(OCI_IMAGE_INDEX, 'oci', OCI_IMAGE_MANIFEST));
});
afterAll(() => site.close());

const isDocker = (type: string) => type === DOCKER_MANIFEST;

function image(mediaType: string): string {
  const layerType = isDocker(mediaType)
    ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
    : 'application/vnd.oci.image.layer.v1.tar+gzip';
  const configType = isDocker(mediaType) ? DOCKER_IMAGE_CONFIG : OCI_IMAGE_CONFIG;
  const config = { mediaType: configType, size: CONFIG.length, digest: sha256(CONFIG) };
  const layers = [{ mediaType: layerType, size: LAYER.length, digest: sha256(LAYER) }];
  return JSON.stringify({ schemaVersion: 2, mediaType, config, layers });
}

function list(mediaType: string, tag: string, childType: string): string {
  const platform = { os: 'linux', architecture: 'amd64' };
  const child = { mediaType: childType, size: image(childType).length, digest: digests[tag], platform };
  return JSON.stringify({ schemaVersion: 2, mediaType, manifests: [child] });
}

async function push(tag: string, type: string, body: string): Promise<void> {
  const headers = { 'content-type': type };
  expect((await publisher.send('PUT', `/v2/${name}/manifests/${tag}`, { headers, body })).status).toBe(201);
  digests[tag] = sha256(body);
}

const pull = (reference: string, accept?: string, method = 'GET') =>
  anybody.send(method, `/v2/${name}/manifests/${reference}`, { headers: accept === undefined ? {} : { accept } });

type Described = { config?: { digest: string }; layers?: { digest: string }[]; manifests?: { digest: string }[] };

describe.each([1, 2])('pull %d', () => {
  test.each([
    ['docker', OCI_IMAGE_MANIFEST],
    ['oci', DOCKER_MANIFEST],
    ['list', OCI_IMAGE_MANIFEST],
    ['index', DOCKER_MANIFEST],
  ])('of %s gives an image as %s, also by its digest', async (tag, type) => {
    const got = await pull(tag, type);
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': type, vary: 'Accept' } });
    const { config, layers } = JSON.parse(got.body.toString()) as Described;
    expect([config?.digest, layers?.map(({ digest }) => digest)]).toEqual([sha256(CONFIG), [sha256(LAYER)]]);
    const digest = sha256(got.body);
    expect(got.headers).toMatchObject({ 'docker-content-digest': digest, etag: `"${digest}"` });
    expect((await pull(digest, type)).body).toEqual(got.body);
    const head = await pull(tag, type, 'HEAD');
    expect(head.headers).toMatchObject({ 'content-length': String(got.body.length), 'docker-content-digest': digest });
  });

  test.each([
    ['list', OCI_IMAGE_INDEX],
    ['index', DOCKER_MANIFEST_LIST],
  ])('of %s gives a list as %s, whose image can be pulled', async (tag, type) => {
    const got = await pull(tag, type);
    expect(got.headers['content-type']).toBe(type);
    const [child] = (JSON.parse(got.body.toString()) as Described).manifests ?? [];
    const pulled = await pull(child?.digest ?? '');
    expect(pulled.status).toBe(200);
    expect(sha256(pulled.body)).toBe(child?.digest);
  });

  test.each(['docker', 'oci', 'list', 'index'])('of %s gives schema 1 to Docker 1.9', async (tag) => {
    const headers = { 'user-agent': 'docker/1.9.1 go/go1.4.2 kernel/4.4.0 os/linux arch/amd64' };
    const got = await anybody.send('GET', `/v2/${name}/manifests/${tag}`, { headers });
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': SCHEMA_1_SIGNED } });
    const { payload = Buffer.from('') } = openSignedManifest(got.body);
    expect(got.headers['docker-content-digest']).toBe(sha256(payload));
    expect(JSON.parse(payload.toString())).toMatchObject({ name, tag, architecture: 'amd64' });
    const again = await anybody.send('GET', `/v2/${name}/manifests/${tag}`, { headers });
    expect(again.body).toEqual(got.body);
  });
});

test('If-None-Match is judged by what the client would get', async () => {
  const got = await pull('oci', DOCKER_MANIFEST);
  const send = (etag: string) =>
    anybody.send('GET', `/v2/${name}/manifests/oci`, { headers: { accept: DOCKER_MANIFEST, 'if-none-match': etag } });
  expect((await send(got.headers['etag'] ?? '')).status).toBe(304);
  expect((await send(`"${digests['oci']}"`)).status).toBe(200);
});

test('a list without an image for linux/amd64 tells Docker 1.9 what it has', async () => {
  const platform = { os: 'linux', architecture: 'arm64' };
  const size = image(DOCKER_MANIFEST).length;
  const manifests = [{ mediaType: DOCKER_MANIFEST, size, digest: digests['docker'], platform }];
  await push(
    'arm',
    DOCKER_MANIFEST_LIST,
    JSON.stringify({ schemaVersion: 2, mediaType: DOCKER_MANIFEST_LIST, manifests }),
  );
  const headers = { 'user-agent': 'docker/1.9.1 go/go1.4.2' };
  const refused = await anybody.send('GET', `/v2/${name}/manifests/arm`, { headers });
  expect(refused).toMatchObject({ status: 404, codes: ['MANIFEST_UNKNOWN'] });
  expect(refused.body.toString()).toContain('linux/arm64');
  expect((await pull('arm', DOCKER_MANIFEST)).headers['content-type']).toBe(DOCKER_MANIFEST_LIST);
});

test('a pull in another format counts as one of the stored image', async () => {
  const translated = sha256((await pull('index', DOCKER_MANIFEST_LIST)).body);
  await site.app.pullLog.flush();
  const count = (digest: string | undefined) => site.app.db.auditPull.count({ where: { digest: digest ?? '' } });
  expect(await count(digests['index'])).toBeGreaterThan(0);
  expect(await count(translated)).toBe(0);
});

test('every repository has the empty layer of schema 1', async () => {
  const empty = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4';
  for (const method of ['GET', 'HEAD']) {
    const got = await anybody.send(method, `/v2/${name}/blobs/${empty}`);
    expect(got).toMatchObject({ status: 200, headers: { 'content-length': '32' } });
    if (method === 'GET') expect(sha256(got.body)).toBe(empty);
  }
});

test('a translation goes with its source, and belongs to its repository only', async () => {
  const other = JSON.stringify({ ...(JSON.parse(image(OCI_IMAGE_MANIFEST)) as object), layers: [] });
  await push('gone', OCI_IMAGE_MANIFEST, other);
  const translated = sha256((await pull('gone', DOCKER_MANIFEST)).body);
  expect((await pull(translated)).status).toBe(200);
  expect((await publisher.send('DELETE', `/v2/${name}/manifests/${digests['gone']}`)).status).toBe(202);
  expect((await pull(translated)).status).toBe(404);
});

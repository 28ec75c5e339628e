// Tests the fault-injecting upstream itself.
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { blobOf, buildArtifact, buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { startFaultUpstream, type FaultUpstream } from './fault-upstream.ts';
import { createRawClient } from './raw-http.ts';
import type { Faults } from './upstream-faults.ts';

let upstream: FaultUpstream;
let image: BuiltManifest;
beforeEach(async () => {
  upstream = await startFaultUpstream();
  const platform = { os: 'linux', architecture: 'amd64' };
  image = await buildImage({ platform, layers: [[{ path: 'a', content: 'a' }]], created: '2024-05-01T10:00:00Z' });
  upstream.content.add('acme/app', image, 'v1', 'v2');
});
afterEach(() => upstream.close());

const get = (path: string, headers = {}, method = 'GET') =>
  createRawClient(upstream.url).send(method, `/v2/acme/app/${path}`, { headers });
const layerOf = ({ blobs }: BuiltManifest) => blobs[1] ?? blobOf('', '');

describe('an upstream without faults', () => {
  it('serves manifests, blobs, ranges and conditional requests', async () => {
    expect((await get('manifests/v1')).body).toEqual(image.bytes);
    expect((await get(`manifests/${image.digest}`, {}, 'HEAD')).headers['docker-content-digest']).toBe(image.digest);
    const layer = layerOf(image);
    expect((await get(`blobs/${layer.digest}`)).body).toEqual(layer.bytes);
    const part = await get(`blobs/${layer.digest}`, { range: 'bytes=2-' });
    expect([part.status, part.body.equals(layer.bytes.subarray(2))]).toEqual([206, true]);
    expect((await get('manifests/v1', { 'if-none-match': `"${image.digest}"` })).status).toBe(304);
    expect((await get('manifests/v3')).codes).toEqual(['MANIFEST_UNKNOWN']);
    expect(upstream.find(/blobs/).map(({ bytesSent }) => bytesSent)).toEqual([
      ...[layer.bytes.length, layer.bytes.length - 2],
    ]);
  });

  it('lists tags page by page, and referrers', async () => {
    const page = await get('tags/list?n=1');
    expect(JSON.parse(page.body.toString())).toEqual({ name: 'acme/app', tags: ['v1'] });
    expect(page.headers.link).toBe('</v2/acme/app/tags/list?n=1&last=v1>; rel="next"');
    expect(JSON.parse((await get('tags/list?n=1&last=v1')).body.toString())).toMatchObject({ tags: ['v2'] });
    const file = { name: 'sbom', mediaType: 'application/json', content: '{}' };
    const sbom = buildArtifact({ artifactType: 'application/sbom', file, subject: image });
    upstream.content.add('acme/app', sbom);
    expect(JSON.parse((await get(`referrers/${image.digest}`)).body.toString())).toMatchObject({
      manifests: [{ digest: sbom.digest, artifactType: 'application/sbom' }],
    });
  });

  it('serves documents other than images, and flapping tags', async () => {
    const schema1 = blobOf('application/vnd.docker.distribution.manifest.v1+prettyjws', '{"schemaVersion":1}');
    upstream.content.addManifest('acme/app', schema1, 'old');
    expect((await get('manifests/old')).headers['content-type']).toBe(schema1.mediaType);
    upstream.content.tag('acme/app', 'latest', image, schema1);
    const digests = [];
    for (let times = 0; times < 3; times += 1)
      digests.push((await get('manifests/latest')).headers['docker-content-digest']);
    expect(digests).toEqual([image.digest, schema1.digest, image.digest]);
  });
});

test('a fault applies to matching requests, a number of times, until it is ended', async () => {
  const stop = upstream.misbehave({ status: 500 }, { when: /v1/ });
  upstream.misbehave({ status: 429, headers: { 'retry-after': '7' } }, { when: /v2$/, times: 1 });
  expect((await get('manifests/v1')).status).toBe(500);
  const limited = await get('manifests/v2');
  expect([limited.status, limited.headers['retry-after']]).toEqual([429, '7']);
  expect((await get('manifests/v2')).status).toBe(200);
  stop();
  expect((await get('manifests/v1')).status).toBe(200);
});

test.each<[string, Faults, string]>([
  ['wrong bytes', { corrupts: true }, 'other'],
  ['other bytes', { body: 'x' }, 'other'],
  ['no digest', { headers: { 'Docker-Content-Digest': null } }, 'no digest'],
  ['Range ignored', { ignoresRange: true }, '200'],
  ['cut', { cutAfterBytes: 1 }, 'aborted'],
])('injects: %s', async (_what, faults, expected) => {
  upstream.misbehave(faults);
  const layer = layerOf(image);
  const seen = await get(`blobs/${layer.digest}`, { range: 'bytes=0-' }).then(
    ({ status, headers, body }) => {
      if (headers['docker-content-digest'] === undefined) return 'no digest';
      return status === 206 && !body.equals(layer.bytes) ? 'other' : String(status);
    },
    (error: Error) => error.message,
  );
  expect(seen).toBe(expected);
});

test('stops listening and resumes on the same port', async () => {
  await upstream.stopListening();
  await expect(get('manifests/v1')).rejects.toThrow('ECONNREFUSED');
  await upstream.listenAgain();
  expect((await get('manifests/v1')).status).toBe(200);
});

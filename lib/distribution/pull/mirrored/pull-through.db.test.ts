// Pulls through a mirror, with a working and a faulty upstream. After every fault, nothing wrong is cached, and the
// client gets a short read or a clear error. The next attempt works.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { getLatestTag } from '#lib/gallery/tag-queries.ts';
import { blobOf, buildImage, buildIndex, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { sha256, type Answer } from '#lib/testing/servers/raw-http.ts';
import type { Faults } from '#lib/testing/servers/upstream-faults.ts';
import { listMirrors } from '#lib/upstream/mirrors/queries.ts';

let site: MirrorSite;
beforeAll(async () => {
  site = await createMirrorSite({}, { breaker: { maxFailures: 1_000, firstPauseMs: 1, maxPauseMs: 1 } });
});
afterAll(() => site.close());
afterEach(async () => {
  site.upstream.behave();
  site.upstream.demandAuth(null);
  await site.renewClient();
  site.app.upstream.pauses.clear();
  site.app.upstream.missing.clear();
});

let count = 0;

/** Mirrors a new image for each test. */
async function mirrorImage(layerBytes = 200_000): Promise<{ name: string; image: BuiltManifest; layer: Buffer }> {
  const repository = `app-${(count += 1)}`;
  const layer = randomBytes(layerBytes);
  const image = buildManifest({
    config: blobOf(
      'application/vnd.oci.image.config.v1+json',
      JSON.stringify({ os: 'linux', architecture: 'arm64', count }),
    ),
    layers: [blobOf('application/vnd.oci.image.layer.v1.tar', layer)],
  });
  site.upstream.content.add(repository, image, 'latest');
  return { name: await site.mirror(repository), image, layer };
}

const get = (path: string, headers = {}): Promise<Answer> => site.anybody.send('GET', path, { headers });
const head = (path: string): Promise<Answer> => site.anybody.send('HEAD', path);
const manifestPath = (name: string, reference = 'latest') => `/v2/${name}/manifests/${reference}`;
const blobPath = (name: string, bytes: Buffer) => `/v2/${name}/blobs/${sha256(bytes)}`;
const asked = (filter: RegExp) => site.upstream.find(filter).length;

describe('an image', () => {
  it('is fetched by tag and blob by blob, then served from the cache', async () => {
    const { name, image, layer } = await mirrorImage();
    const first = await get(manifestPath(name));
    expect(first).toMatchObject({
      status: 200,
      headers: { 'docker-content-digest': image.digest, 'content-type': image.mediaType, 'x-cache': 'MISS', age: '0' },
    });
    expect(first.body.equals(image.bytes)).toBe(true);
    const blob = await get(blobPath(name, layer));
    expect(blob).toMatchObject({ status: 200, headers: { 'x-cache': 'MISS', 'content-length': String(layer.length) } });
    expect(blob.body.equals(layer)).toBe(true);
    const askedBefore = site.upstream.requests.length;
    await expect.poll(async () => (await get(blobPath(name, layer))).headers['x-cache']).toBe('HIT');
    expect((await get(manifestPath(name))).headers['x-cache']).toBe('HIT');
    expect((await get(manifestPath(name, image.digest))).headers['x-cache']).toBe('HIT');
    expect(site.upstream.requests.length).toBe(askedBefore);
  });

  it('is served before any of its blobs are requested', async () => {
    const { name } = await mirrorImage();
    await get(manifestPath(name));
    expect(asked(new RegExp(`${name.split('/')[1]}/blobs`))).toBe(0);
  });

  it('is cached on HEAD, for a subsequent GET by digest', async () => {
    const { name, image } = await mirrorImage();
    expect(await head(manifestPath(name))).toMatchObject({ status: 200, headers: { 'x-cache': 'MISS' } });
    const got = await get(manifestPath(name, image.digest));
    expect(got.headers['x-cache']).toBe('HIT');
    expect(got.body.equals(image.bytes)).toBe(true);
  });

  it('with several platforms is fetched index first, and each platform on request', async () => {
    const platforms = await Promise.all(
      ['amd64', 'arm64'].map((architecture) =>
        buildImage({
          platform: { os: 'linux', architecture },
          created: '2024-05-01T10:00:00Z',
          layers: [[{ path: 'arch', content: architecture }]],
        }),
      ),
    );
    const index = buildIndex(
      platforms.map((image, i) => ({
        image,
        platform: { os: 'linux', architecture: ['amd64', 'arm64'][i] ?? '' },
      })),
    );
    site.upstream.content.add('many', index, 'v1');
    const name = await site.mirror('many');
    expect((await get(manifestPath(name, 'v1'))).body.equals(index.bytes)).toBe(true);
    expect(
      (await get(manifestPath(name, platforms[1]?.digest))).body.equals(platforms[1]?.bytes ?? Buffer.alloc(0)),
    ).toBe(true);
    expect(await site.app.db.manifest.count({ where: { repository: { name: 'many' } } })).toBe(2);
  });

  it('gets the library/ prefix only on Docker Hub', async () => {
    const { name } = await mirrorImage();
    await get(manifestPath(name));
    expect(asked(/library\//)).toBe(0);
  });

  test('reports a blob’s size on HEAD without fetching it', async () => {
    const { name, layer } = await mirrorImage();
    await get(manifestPath(name));
    const { status, headers } = await head(blobPath(name, layer));
    expect({ status, length: headers['content-length'] }).toEqual({ status: 200, length: String(layer.length) });
    expect(asked(new RegExp(`${name.split('/')[1]}/blobs`))).toBe(0);
  });

  test('asks for the size of an unreferenced blob, even if the upstream rejects HEAD', async () => {
    const { name } = await mirrorImage();
    const loose = randomBytes(5_000);
    site.upstream.content.addBlob(name.split('/')[1] ?? '', blobOf('x', loose));
    for (const status of [200, 405, 401]) {
      site.upstream.misbehave({ status }, { when: /^HEAD .*blobs/, times: 1 });
      expect(await head(blobPath(name, loose))).toMatchObject({ status: 200, headers: { 'content-length': '5000' } });
    }
    const got = await get(blobPath(name, loose));
    expect(got.body.equals(loose)).toBe(true);
  });

  test('doesn’t fetch foreign layers', async () => {
    const type = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const layer = randomBytes(100);
    const image = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', '{}'),
      layers: [blobOf(type, layer)],
    });
    site.upstream.content.add('foreign', image, 'latest');
    const name = await site.mirror('foreign');
    expect((await get(manifestPath(name))).status).toBe(200);
    expect(await get(blobPath(name, layer))).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
    expect(asked(new RegExp(`foreign/blobs/${sha256(layer)}`))).toBe(0);
  });
});

describe('a tag', () => {
  it('is revalidated by HEAD after it expires', async () => {
    const { name } = await mirrorImage();
    await get(manifestPath(name));
    await site.age(name, 400);
    const before = asked(/^GET .*manifests/);
    const again = await get(manifestPath(name));
    expect(again.headers).toMatchObject({ 'x-cache': 'REVALIDATED', age: '0' });
    expect(asked(/^GET .*manifests/)).toBe(before);
    await site.age(name, 200);
    expect((await get(manifestPath(name))).headers).toMatchObject({ 'x-cache': 'HIT', age: '200' });
  });

  it('that has moved is fetched by digest, and records an event with both digests', async () => {
    const { name, image } = await mirrorImage();
    await get(manifestPath(name));
    const [, repository = ''] = name.split('/');
    const next = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}'),
      layers: [],
    });
    site.upstream.content.add(repository, next, 'latest');
    await site.age(name, 400);
    const moved = await get(manifestPath(name));
    expect(moved.headers).toMatchObject({ 'x-cache': 'MISS', 'docker-content-digest': next.digest });
    expect(asked(new RegExp(`^GET .*${repository}/manifests/${next.digest}`))).toBe(1);
    const events = await site.app.db.tagEvent.findMany({
      where: { repository: { name: repository } },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ fromDigest, toDigest }) => [fromDigest, toDigest])).toEqual([
      [null, image.digest],
      [image.digest, next.digest],
    ]);
    // The tag moves back. A stored manifest isn't fetched again.
    site.upstream.content.tag(repository, 'latest', image);
    await site.age(name, 400);
    expect((await get(manifestPath(name))).headers).toMatchObject({
      'x-cache': 'REVALIDATED',
      'docker-content-digest': image.digest,
    });
  });

  it('of a signature can be pulled, but is hidden from the mirror’s page', async () => {
    const { name, image } = await mirrorImage();
    const [, upstreamName = ''] = name.split('/');
    const signature = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', '{}'),
      layers: [blobOf('application/vnd.dev.cosign.simplesigning.v1+json', '{}')],
    });
    const signatureTag = `${image.digest.replace(':', '-')}.sig`;
    site.upstream.content.add(upstreamName, signature, signatureTag);
    for (const reference of ['latest', signature.digest, signatureTag]) {
      expect((await get(manifestPath(name, reference))).status).toBe(200);
    }
    const repository = await site.app.db.repository.findFirstOrThrow({ where: { name: upstreamName } });
    const { registryKey } = repository;
    const [mirror] = await listMirrors(site.app, { registryKey, limit: 1, offset: 0, name: upstreamName });
    expect(mirror).toMatchObject({ tagCount: 1 });
    expect(await getLatestTag(site.app, { repositoryId: repository.id })).toMatchObject({ tag: 'latest' });
    await site.app.db.tag.deleteMany({ where: { repositoryId: repository.id, name: 'latest' } });
    expect(await getLatestTag(site.app, { repositoryId: repository.id })).toBeNull();
  });

  it('that the upstream has deleted is served for a day, then not found', async () => {
    const { name, image } = await mirrorImage();
    await get(manifestPath(name));
    site.upstream.content.remove(name.split('/')[1] ?? '', 'latest');
    await site.age(name, 400);
    expect((await get(manifestPath(name))).headers).toMatchObject({
      'x-cache': 'STALE',
      warning: expect.stringContaining('no longer has this tag') as string,
    });
    await site.app.db.tag.updateMany({
      where: { repository: { name: name.split('/')[1] } },
      data: { goneSince: new Date(Date.now() - 25 * 60 * 60 * 1000) },
    });
    expect(await get(manifestPath(name))).toMatchObject({ status: 404, codes: ['MANIFEST_UNKNOWN'] });
    expect((await get(manifestPath(name, image.digest))).status).toBe(200);
  });

  it('that is missing is requested only once', async () => {
    const { name } = await mirrorImage();
    for (let i = 0; i < 3; i += 1)
      expect(await get(manifestPath(name, 'nope'))).toMatchObject({ status: 404, codes: ['MANIFEST_UNKNOWN'] });
    expect(asked(/manifests\/nope/)).toBe(1);
  });
});

describe('an unavailable upstream', () => {
  const FAULTS: [string, Faults][] = [
    ['500', { status: 500 }],
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['permanent 401', { status: 401 }],
    ['403', { status: 403 }],
    ['a timeout', { delayMs: 1_500 }],
    ['a closed connection', { hangsUp: true }],
    ['a redirect to a private address', { redirectTo: 'http://127.0.0.2:9/v2/' }],
  ];

  test.each(FAULTS)('%s: serves cached content with a warning', async (_what, faults) => {
    const { name, image } = await mirrorImage();
    await get(manifestPath(name));
    await site.age(name, 400);
    site.upstream.misbehave(faults);
    const stale = await get(manifestPath(name));
    expect(stale).toMatchObject({
      status: 200,
      headers: { 'x-cache': 'STALE', 'docker-content-digest': image.digest },
    });
    expect(stale.headers.warning).toMatch(/^299 - "This copy may be old\. .+"$/);
    expect(Number(stale.headers.age)).toBeGreaterThanOrEqual(400);
  });

  test.each(FAULTS)('%s: rejects uncached content clearly, and the next attempt works', async (_what, faults) => {
    const { name, image } = await mirrorImage();
    site.upstream.misbehave(faults);
    const failed = await get(manifestPath(name));
    expect(failed.status).toBeGreaterThanOrEqual(400);
    expect(failed.codes).toHaveLength(1);
    site.upstream.behave();
    await expect
      .poll(async () => (await get(manifestPath(name))).headers['docker-content-digest'], { timeout: 5_000 })
      .toBe(image.digest);
  });

  it('serves a thousand pulls from the cache without an error', async () => {
    const { name, layer } = await mirrorImage(10_000);
    await get(manifestPath(name));
    await get(blobPath(name, layer));
    await site.age(name, 400);
    await site.upstream.stopListening();
    try {
      const statuses = new Set<number>();
      for (let i = 0; i < 20; i += 1) {
        const answers = await Promise.all(Array.from({ length: 50 }, () => get(manifestPath(name))));
        for (const { status } of answers) statuses.add(status);
      }
      statuses.add((await get(blobPath(name, layer))).status);
      expect([...statuses]).toEqual([200]);
    } finally {
      await site.upstream.listenAgain();
    }
  });

  it('limits stale content to the age set by the publisher', async () => {
    const { name } = await mirrorImage();
    await get(manifestPath(name));
    await site.mirror(name.split('/')[1] ?? '', undefined, { staleSeconds: 1_000 });
    await site.age(name, 1_100);
    site.upstream.misbehave({ status: 500 });
    expect(await get(manifestPath(name))).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] });
    await site.mirror(name.split('/')[1] ?? '', undefined, { staleSeconds: 2_592_000 });
  });
});

describe('an invalid manifest', () => {
  test.each<[string, Faults, RegExp]>([
    ['other bytes', { corrupts: true }, /^GET .*manifests/],
    ['cut short', { cutAfterBytes: 20 }, /^GET .*manifests/],
    ['too few bytes', { contentLength: 10_000 }, /^GET .*manifests/],
    [
      'too large',
      { body: Buffer.alloc(5 * 1024 * 1024, ' '), headers: { 'docker-content-digest': null } },
      /manifests/,
    ],
    [
      'schema 1',
      {
        body: '{"schemaVersion":1,"fsLayers":[]}',
        headers: {
          'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws',
          'docker-content-digest': null,
        },
      },
      /manifests/,
    ],
    ['no JSON', { body: 'hello', headers: { 'docker-content-digest': null } }, /manifests/],
  ])('%s: is rejected and not cached, and the next attempt works', async (_what, faults, when) => {
    const { name, image } = await mirrorImage();
    site.upstream.misbehave(faults, { when });
    const failed = await get(manifestPath(name));
    expect([502, 503]).toContain(failed.status);
    expect(await site.app.db.manifest.count({ where: { repository: { name: name.split('/')[1] } } })).toBe(0);
    site.upstream.behave();
    expect((await get(manifestPath(name))).headers['docker-content-digest']).toBe(image.digest);
  });

  it.each<[string, Faults]>([
    ['rejects HEAD', { status: 405 }],
    ['omits the digest', { headers: { 'docker-content-digest': null } }],
  ])('falls back to GET for an upstream that %s', async (_what, faults) => {
    const { name, image } = await mirrorImage();
    site.upstream.misbehave(faults, { when: /^HEAD/ });
    expect((await get(manifestPath(name))).headers).toMatchObject({
      'x-cache': 'MISS',
      'docker-content-digest': image.digest,
    });
    await site.age(name, 400);
    expect((await get(manifestPath(name))).headers['x-cache']).toBe('REVALIDATED');
  });

  it('serves one of two manifests if a tag moves between HEAD and GET', async () => {
    const { name, image } = await mirrorImage();
    const [, repository = ''] = name.split('/');
    const other = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', '{"os":"plan9"}'),
      layers: [],
    });
    site.upstream.content.add(repository, other);
    site.upstream.content.tag(repository, 'latest', image, other);
    const got = await get(manifestPath(name));
    expect([image.digest, other.digest]).toContain(sha256(got.body));
    expect(got.headers['docker-content-digest']).toBe(sha256(got.body));
  });
});

describe('a blob', () => {
  it('is fetched once for a hundred clients and served completely to each', async () => {
    // A hundred readers keep this process busy, which must not count as a stall.
    await site.renewClient({ timeouts: {} });
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ trickle: { bytes: 100_000, everyMs: 10 } }, { when: /blobs/ });
    const answers = await Promise.all(Array.from({ length: 100 }, () => get(blobPath(name, layer))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.every(({ body }) => body.equals(layer))).toBe(true);
    const [, repository] = name.split('/');
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/${sha256(layer)}`))).toBe(1);
  });

  it('serves ranges while it arrives', async () => {
    const { name, layer } = await mirrorImage(2_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ trickle: { bytes: 100_000, everyMs: 20 } }, { when: /blobs/ });
    const [whole, part, tail] = await Promise.all([
      get(blobPath(name, layer)),
      get(blobPath(name, layer), { range: 'bytes=100-199' }),
      get(blobPath(name, layer), { range: 'bytes=1500000-' }),
    ]);
    expect(whole.body.equals(layer)).toBe(true);
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 100-199/2000000' } });
    expect(part.body.equals(layer.subarray(100, 200))).toBe(true);
    expect(tail.body.equals(layer.subarray(1_500_000))).toBe(true);
    const [, repository] = name.split('/');
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/`))).toBe(1);
  });

  it('is fetched completely even if the client disconnects', async () => {
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ trickle: { bytes: 100_000, everyMs: 30 } }, { when: /blobs/ });
    await abandon(blobPath(name, layer));
    await expect
      .poll(async () => (await head(blobPath(name, layer))).headers['x-cache'], { timeout: 5_000 })
      .toBe('HIT');
    const [, repository] = name.split('/');
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/`))).toBe(1);
  });

  it('resumes by Range after a broken connection, even during a read', async () => {
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ cutAfterBytes: 300_000 }, { when: /blobs/, times: 2 });
    const got = await get(blobPath(name, layer));
    expect(got.body.equals(layer)).toBe(true);
    const [, repository] = name.split('/');
    const ranges = site.upstream.find(new RegExp(`^GET /v2/${repository}/blobs/`)).map(({ headers }) => headers.range);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
  });

  it('resumes even if the upstream restarts from the beginning', async () => {
    const { name, layer } = await mirrorImage(1_000_000);
    await get(manifestPath(name));
    site.upstream.misbehave({ cutAfterBytes: 300_000 }, { when: /blobs/, times: 1 });
    site.upstream.misbehave({ ignoresRange: true }, { when: /blobs/ });
    expect((await get(blobPath(name, layer))).body.equals(layer)).toBe(true);
  });

  test.each<[string, Faults]>([
    ['other bytes', { corrupts: true }],
    ['a length that differs from the manifest', { contentLength: 150_000 }],
    ['repeated early ends', { cutAfterBytes: 100 }],
    ['a stall', { stallAfterBytes: 100 }],
    ['500', { status: 500 }],
    ['404', { status: 404 }],
    ['a hang-up', { hangsUp: true }],
    ['a redirect to a private address', { redirectTo: 'http://169.254.169.254/latest/meta-data' }],
  ])(
    'with %s is never served completely or cached, and the next attempt works',
    async (_what, faults) => {
      const { name, layer } = await mirrorImage();
      await get(manifestPath(name));
      site.upstream.misbehave(faults, { when: /blobs/ });
      const failed = await get(blobPath(name, layer)).catch((error: Error) => error);
      if (failed instanceof Error) expect(failed.message).toMatch(/aborted|socket hang up|ECONNRESET/);
      else expect([404, 502, 503]).toContain(failed.status);
      const link = await site.app.db.repositoryBlob.count({
        where: { repository: { name: name.split('/')[1] }, digest: sha256(layer) },
      });
      expect(link).toBe(0);
      site.upstream.behave();
      await expect
        .poll(
          async () => {
            const got = await get(blobPath(name, layer)).catch(() => null);
            return got?.body.equals(layer);
          },
          { timeout: 8_000 },
        )
        .toBe(true);
    },
    30_000,
  );

  it('without a length is served completely', async () => {
    const { name, layer } = await mirrorImage();
    site.upstream.misbehave({ isChunked: true }, { when: /blobs/ });
    // The size comes from a manifest, or from the complete blob if no manifest references it.
    await get(manifestPath(name));
    expect((await get(blobPath(name, layer))).body.equals(layer)).toBe(true);
    const loose = randomBytes(100_000);
    site.upstream.content.addBlob(name.split('/')[1] ?? '', blobOf('x', loose));
    const got = await get(blobPath(name, loose));
    expect(got).toMatchObject({ status: 200, headers: { 'content-length': '100000' } });
    expect(got.body.equals(loose)).toBe(true);
  });

  it('of another repository is readable only if the upstream has it here', async () => {
    const { name, layer } = await mirrorImage();
    const { name: other } = await mirrorImage();
    await get(manifestPath(name));
    await get(blobPath(name, layer));
    await expect.poll(async () => (await head(blobPath(name, layer))).headers['x-cache']).toBe('HIT');
    expect(await get(blobPath(other, layer))).toMatchObject({ status: 404, codes: ['BLOB_UNKNOWN'] });
    const [, repository = ''] = other.split('/');
    site.upstream.content.addBlob(repository, blobOf('x', layer));
    expect((await get(blobPath(other, layer))).body.equals(layer)).toBe(true);
    expect(asked(new RegExp(`^GET /v2/${repository}/blobs/`))).toBe(0);
  });

  it('with a SHA-512 digest is verified against it', async () => {
    const { name } = await mirrorImage();
    const loose = randomBytes(70_000);
    const digest = `sha512:${createHash('sha512').update(loose).digest('hex')}`;
    site.upstream.content.addBlob(name.split('/')[1] ?? '', { mediaType: 'x', digest, bytes: loose });
    const got = await get(`/v2/${name}/blobs/${digest}`);
    expect(got.body.equals(loose)).toBe(true);
    await expect.poll(async () => (await get(`/v2/${name}/blobs/${digest}`)).headers['x-cache']).toBe('HIT');
    const other = { mediaType: 'x', digest: digest.replace(/.$/, (last) => (last === '0' ? '1' : '0')), bytes: loose };
    site.upstream.content.addBlob(name.split('/')[1] ?? '', other);
    await expect(get(`/v2/${name}/blobs/${other.digest}`)).rejects.toThrow(/aborted|ECONNRESET|socket hang up/);
  });
});

describe('credentials', () => {
  it('get tokens from the upstream, and are never exposed', async () => {
    const { name, image } = await mirrorImage();
    site.upstream.tokens.terms = { credentials: { username: 'robot', password: 'very secret' } };
    site.upstream.demandAuth({ scheme: 'bearer' });
    await site.mirror(name.split('/')[1] ?? '', undefined, { username: 'robot', password: 'very secret' });
    const got = await get(manifestPath(name));
    expect(got.headers['docker-content-digest']).toBe(image.digest);
    const row = await site.app.db.upstream.findFirstOrThrow({ where: { username: 'robot' } });
    expect(Buffer.from(row.sealedPassword ?? []).toString('latin1')).not.toContain('secret');
    const audit = await site.app.db.auditEvent.findMany({ where: { action: { startsWith: 'upstream.' } } });
    expect(
      JSON.stringify(audit, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('very secret');
    await site.mirror(name.split('/')[1] ?? '', undefined, { username: '' });
  });

  it('are never sent to a realm on another domain', async () => {
    const { name } = await mirrorImage();
    site.upstream.demandAuth({ scheme: 'bearer', realm: 'http://127.0.0.2:9/token' });
    expect(await get(manifestPath(name))).toMatchObject({ status: 502 });
  });
});

describe('lists', () => {
  it('of tags come from the upstream, are paginated here and cached', async () => {
    const { name, image } = await mirrorImage();
    const [, repository = ''] = name.split('/');
    for (const tag of ['v2', 'v1', 'v10']) site.upstream.content.tag(repository, tag, image);
    await get(manifestPath(name));
    const list = async (query = '') =>
      JSON.parse((await get(`/v2/${name}/tags/list${query}`)).body.toString()) as unknown;
    expect(await list()).toEqual({ name, tags: ['latest', 'v1', 'v10', 'v2'] });
    const page = await get(`/v2/${name}/tags/list?n=2`);
    expect(page.headers.link).toBe(`</v2/${name}/tags/list?n=2&last=v1>; rel="next"`);
    expect(await list('?n=2&last=v1')).toEqual({ name, tags: ['v10', 'v2'] });
    expect(asked(new RegExp(`${repository}/tags/list`))).toBe(1);
    await site.age(name, 400);
    site.upstream.misbehave({ status: 500 });
    const stale = await get(`/v2/${name}/tags/list`);
    expect(stale).toMatchObject({ status: 200, headers: { 'x-cache': 'STALE' } });
  });

  it('of referrers come from the upstream’s API, or from its referrers tag', async () => {
    const { name, image } = await mirrorImage();
    const [, repository = ''] = name.split('/');
    const signature = buildManifest({
      config: blobOf('application/vnd.oci.empty.v1+json', '{}'),
      layers: [],
      artifactType: 'application/x.signature',
      subject: image,
    });
    site.upstream.content.add(repository, signature);
    await get(manifestPath(name));
    const list = async (query = '') =>
      JSON.parse((await get(`/v2/${name}/referrers/${image.digest}${query}`)).body.toString()) as {
        manifests: { digest: string }[];
      };
    expect((await list()).manifests.map(({ digest }) => digest)).toEqual([signature.digest]);
    expect((await list('?artifactType=application/x.other')).manifests).toEqual([]);
    const second = await mirrorImage();
    const [, secondRepository = ''] = second.name.split('/');
    site.upstream.misbehave({ status: 404 }, { when: /referrers/ });
    const index = buildIndex([{ image: signature, platform: { os: 'x', architecture: 'y' } }]);
    site.upstream.content.add(secondRepository, index, second.image.digest.replace(':', '-'));
    const answer = await get(`/v2/${second.name}/referrers/${second.image.digest}`);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ manifests: [{ digest: signature.digest }] });
  });
});

/** Reads the beginning of a response and closes the connection. */
async function abandon(path: string): Promise<void> {
  const { hostname, port } = new URL(site.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(socket, 'data');
  await sleep(20);
  socket.destroy();
}

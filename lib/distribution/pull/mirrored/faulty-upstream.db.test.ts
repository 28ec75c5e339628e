// Pulls manifests through a mirror of an unavailable or hostile upstream. After every fault, nothing wrong is cached, and
// the client gets a clear error.
import { beforeAll, describe, expect, it, test } from 'vitest';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import type { MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { sha256 } from '#lib/testing/servers/raw-http.ts';
import type { Faults } from '#lib/testing/servers/upstream-faults.ts';
import { useMirrorSite } from '#lib/testing/servers/use-mirror-site.ts';

const mirror = useMirrorSite();
const { mirrorImage, get, manifestPath, blobPath } = mirror;
let site: MirrorSite;
beforeAll(() => {
  site = mirror.site;
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

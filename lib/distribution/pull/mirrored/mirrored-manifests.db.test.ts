// Pulls manifests through a mirror, with a working upstream, and its credentials and lists.
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { getLatestTag } from '#lib/gallery/tag-queries.ts';
import { blobOf, buildImage, buildIndex, buildManifest } from '#lib/testing/images/build-image.ts';
import type { MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { sha256 } from '#lib/testing/servers/raw-http.ts';
import { useMirrorSite } from '#lib/testing/servers/use-mirror-site.ts';
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { listMirrors } from '#lib/upstream/mirrors/queries.ts';

const mirror = useMirrorSite();
const { mirrorImage, get, head, manifestPath, blobPath, asked } = mirror;
let site: MirrorSite;
beforeAll(() => {
  site = mirror.site;
});

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
    // Until the blob is linked, a pull may ask for its size.
    await expect.poll(async () => (await get(blobPath(name, layer))).headers['x-cache']).toBe('HIT');
    const askedBefore = site.upstream.requests.length;
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

  it('that is immutable stays, without a request to the upstream', async () => {
    const { name, image } = await mirrorImage();
    await get(manifestPath(name));
    const [, repository = ''] = name.split('/');
    const { caller } = site.owner;
    await setTagMutability(site.app, { caller, fullName: name, tagMutability: 'immutable', tagExclusions: [] });
    const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
    const next = buildManifest({ config, layers: [] });
    site.upstream.content.add(repository, next, 'latest');
    await site.age(name, 400);
    const before = asked(/./);
    const kept = await get(manifestPath(name));
    expect(kept.headers['docker-content-digest']).toBe(image.digest);
    expect(asked(/./)).toBe(before);
    // What the upstream calls by it now can still be pulled by digest, and doesn't move it.
    expect((await get(manifestPath(name, next.digest))).status).toBe(200);
    expect((await get(manifestPath(name))).headers['docker-content-digest']).toBe(image.digest);
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

// Mirrors pass on nonstandard responses that clients accept, completely or not at all.
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { blobOf, descriptorOf } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';

let site: MirrorSite;
beforeAll(async () => {
  site = await createMirrorSite({}, { breaker: { maxFailures: 1_000, firstPauseMs: 1, maxPauseMs: 1 } });
});
afterAll(() => site.close());
afterEach(() => site.upstream.behave());

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux","architecture":"arm64"}');
const layer = blobOf('application/vnd.oci.image.layer.v1.tar', 'x'.repeat(1024));
const untyped = { digest: layer.digest, size: layer.bytes.length };

const base = { schemaVersion: 2, config: descriptorOf(config), layers: [descriptorOf(layer)] };

let count = 0;
const newName = () => `foreign-${(count += 1)}`;

describe('a manifest that violates the specification', () => {
  test.each<[string, unknown, string?]>([
    ['an artifactType with a parameter', { ...base, artifactType: 'application/x+json;version=0.2' }],
    ['a layer without a type', { ...base, layers: [untyped] }],
    ['a layer without a size', { ...base, layers: [{ ...untyped, size: undefined }] }],
    ['a null annotation', { ...base, annotations: { a: null, b: 'c' } }],
    ['non-string annotations of a layer', { ...base, layers: [{ ...untyped, annotations: { n: 1 } }] }],
    ['an empty subject', { ...base, subject: {} }],
    [
      'a media type that differs from the header',
      { ...base, mediaType: 'application/vnd.docker.distribution.manifest.v2+json' },
    ],
    ['no schemaVersion', { ...base, schemaVersion: undefined }],
    ['a NUL in an annotation and a type', { ...base, artifactType: 'a\0b', annotations: { a: '\0\ud800' } }],
    ['a type with parameters in the header', base, `${IMAGE}; charset=utf-8`],
    ['a generic type in the header', base, 'application/json'],
  ])('is served byte for byte: %s', async (_what, document, type = IMAGE) => {
    const upstreamName = newName();
    const manifest = blobOf(type, ` ${JSON.stringify(document)}\n`);
    for (const blob of [config, layer]) site.upstream.content.addBlob(upstreamName, blob);
    site.upstream.content.addManifest(upstreamName, manifest, 'latest');
    const name = await site.mirror(upstreamName);
    const got = await site.anybody.send('GET', `/v2/${name}/manifests/latest`);
    expect(got).toMatchObject({ status: 200, headers: { 'docker-content-digest': manifest.digest } });
    expect(got.headers['content-type']?.split(';')[0]).toMatch(/^application\/vnd\..*manifest/);
    expect(got.body.equals(manifest.bytes)).toBe(true);
    expect(await site.anybody.send('GET', `/v2/${name}/manifests/${manifest.digest}`)).toMatchObject({ status: 200 });
    const blob = await site.anybody.send('GET', `/v2/${name}/blobs/${layer.digest}`);
    expect(blob.body.equals(layer.bytes)).toBe(true);
  });

  it('is served with its platforms if it is an index', async () => {
    const upstreamName = newName();
    const child = blobOf(IMAGE, JSON.stringify(base));
    const listed = { digest: child.digest, size: child.bytes.length, platform: { os: 'linux', architecture: 'arm64' } };
    const index = blobOf(INDEX, JSON.stringify({ schemaVersion: 2, manifests: [listed, { digest: 'x' }, null] }));
    site.upstream.content.addManifest(upstreamName, child);
    site.upstream.content.addManifest(upstreamName, index, 'latest');
    const name = await site.mirror(upstreamName);
    const got = await site.anybody.send('GET', `/v2/${name}/manifests/latest`);
    expect(got.body.equals(index.bytes)).toBe(true);
    expect((await site.anybody.send('GET', `/v2/${name}/manifests/${child.digest}`)).status).toBe(200);
    const children = await site.app.db.manifestChild.findMany({ where: { digest: child.digest } });
    expect(children).toMatchObject([{ os: 'linux', architecture: 'arm64' }]);
  });

  it('is rejected if it has too many values to parse quickly', async () => {
    const upstreamName = newName();
    const manifest = blobOf(IMAGE, JSON.stringify({ ...base, x: new Array(100_001).fill(0) }));
    site.upstream.content.addManifest(upstreamName, manifest, 'latest');
    const answer = await site.anybody.send('GET', `/v2/${await site.mirror(upstreamName)}/manifests/latest`);
    expect(answer.status).toBe(502);
    expect(answer.body.toString()).toContain('too many values');
    expect(await site.app.db.manifest.count({ where: { digest: manifest.digest } })).toBe(0);
  });

  it('is rejected as a push', async () => {
    const publisher = createRawClient(site.url, basic((await site.createUser()).token));
    const { alias } = site.owner;
    for (const document of [
      { ...base, artifactType: 'application/x+json;version=0.2' },
      { ...base, layers: [untyped] },
      { ...base, annotations: { a: null } },
    ]) {
      const body = JSON.stringify(document);
      const answer = await publisher.send('PUT', `/v2/${alias}/strict/manifests/x`, {
        headers: { 'content-type': IMAGE },
        body,
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('is listed as a referrer', async () => {
    const upstreamName = newName();
    const image = blobOf(IMAGE, JSON.stringify(base));
    site.upstream.content.addManifest(upstreamName, image, 'latest');
    const name = await site.mirror(upstreamName);
    await site.anybody.send('GET', `/v2/${name}/manifests/latest`);
    const referrer = {
      mediaType: IMAGE,
      digest: sha256('r'),
      size: 1,
      artifactType: 'a/b;c=d',
      annotations: { x: null },
    };
    site.upstream.misbehave({ body: JSON.stringify({ manifests: [referrer] }) }, { when: /referrers/ });
    const { body } = await site.anybody.send('GET', `/v2/${name}/referrers/${image.digest}`);
    expect(JSON.parse(body.toString())).toMatchObject({
      manifests: [{ digest: sha256('r'), artifactType: 'a/b;c=d' }],
    });
  });
});

describe('a paginated list', () => {
  /** Mirrors a tag list. Each page has a pattern for the requested path, and the tags and link to return. */
  async function mirrorPages(pages: [when: RegExp, tags: string[], link?: string][]) {
    const upstreamName = newName();
    site.upstream.content.addManifest(upstreamName, blobOf(IMAGE, JSON.stringify(base)), 'a');
    const name = await site.mirror(upstreamName);
    await site.anybody.send('GET', `/v2/${name}/manifests/a`);
    for (const [when, tags, link] of pages)
      site.upstream.misbehave(
        { body: JSON.stringify({ name: upstreamName, tags }), headers: link === undefined ? {} : { link } },
        { when: ({ path }) => path.includes('tags/list') && when.test(path) },
      );
    const list = () => site.anybody.send('GET', `/v2/${name}/tags/list`);
    return { upstreamName, list };
  }

  it('is read to its end, wherever the next link appears', async () => {
    const { list } = await mirrorPages([
      [/n=1000/, ['a', 'b'], '</v2/x/tags/list?page=1>; rel="first", </v2/x/tags/list?page=2>; type="x"; rel="next"'],
      [/page=2/, [], '</v2/x/tags/list?page=3>; rel=next, </v2/x/tags/list?page=1>; rel="first"'],
      [/page=3/, ['c'], '</v2/x/tags/list?page=1>; rel="first"'],
    ]);
    expect(JSON.parse((await list()).body.toString())).toMatchObject({ tags: ['a', 'b', 'c'] });
  });

  test.each<[string, [RegExp, string[], string?][]]>([
    ['loops', [[/./, ['a', 'b'], '</v2/x/tags/list?n=1000>; rel="next"']]],
    ['leads to an unknown path', [[/./, ['a', 'b'], '</v2/x/tags/list/2>; rel="next"']]],
    ['is missing', [[/n=1000/, ['a', 'b'], '<?page=2>; rel="next"']]],
    ['is malformed', [[/./, ['a', 'b'], '<?page=2; rel="next"']]],
  ])('is an error and not cached if the next page %s', async (what, pages) => {
    const { list } = await mirrorPages(pages);
    if (what === 'is missing') site.upstream.misbehave({ status: 404 }, { when: /page=2/ });
    expect(await list()).toMatchObject({ status: 502 });
    expect(await site.app.db.upstreamList.count({ where: { key: 'tags', repository: { name: newestName() } } })).toBe(
      0,
    );
    site.upstream.behave();
    expect(JSON.parse((await list()).body.toString())).toMatchObject({ tags: ['a'] });
  });

  const newestName = () => `foreign-${count}`;

  it('that can’t be read to its end doesn’t replace the cached list', async () => {
    const { upstreamName, list } = await mirrorPages([[/./, ['a', 'b']]]);
    await list();
    await site.age(`${site.owner.alias}/${upstreamName}`, 400);
    site.upstream.behave();
    site.upstream.misbehave({ body: '{"tags":["a"]}', headers: { link: '<x>; rel="next"' } }, { when: /tags/ });
    const stale = await list();
    expect(stale).toMatchObject({ status: 200, headers: { 'x-cache': 'STALE' } });
    expect(JSON.parse(stale.body.toString())).toMatchObject({ tags: ['a', 'b'] });
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, sha512, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { CONFIG, describeBlob, imageOf, typed } from '#lib/testing/images/sample-manifest.ts';

let vitrine: TestApp;
let ada: TestUser;
let client: RawClient;
let name: string;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  client = createRawClient(vitrine.url, basic(ada.token));
  name = `${ada.alias}/tools/curl`;
});
afterAll(() => vitrine.close());

const putImage = (reference: string, manifest: string, repository = name) =>
  client.send('PUT', `/v2/${repository}/manifests/${reference}`, typed(OCI_IMAGE_MANIFEST, manifest));

describe('a manifest is pushed', () => {
  it('with its bytes, facts, tags and history', async () => {
    const layer = randomBytes(5000);
    await client.pushBlob(name, CONFIG);
    await client.pushBlob(name, layer);
    const first = imageOf(CONFIG, [layer], { annotations: { 'org.example.note': 'nul \0 and half \ud800 a pair' } });
    const pushed = await putImage('v1', first);
    expect(pushed).toMatchObject({
      status: 201,
      headers: { location: `/v2/${name}/manifests/${sha256(first)}`, 'docker-content-digest': sha256(first) },
    });
    const second = imageOf(CONFIG, [layer], { annotations: { two: '2' } });
    expect((await putImage('v1', second)).status).toBe(201);
    expect((await putImage('v1', second)).status).toBe(201);

    const { db } = vitrine.app;
    const row = await db.manifest.findFirstOrThrow({ where: { digest: sha256(first) }, include: { blobs: true } });
    expect(Buffer.from(row.payload).equals(Buffer.from(first))).toBe(true);
    expect(row).toMatchObject({
      os: 'linux',
      architecture: 'arm64',
      variant: 'v8',
      imageCreatedAt: new Date('2024-05-01T10:00:00Z'),
      contentBytes: BigInt(5000 + CONFIG.length),
      pushedById: ada.caller.principal.userId,
    });
    expect(row.blobs).toHaveLength(2);
    const events = await db.tagEvent.findMany({ where: { tag: 'v1' }, orderBy: { id: 'asc' } });
    expect(events.map(({ fromDigest, toDigest }) => [fromDigest, toDigest])).toEqual([
      [null, sha256(first)],
      [sha256(first), sha256(second)],
    ]);
    const moves = await db.auditEvent.findMany({ where: { action: 'tag.move', target: `${name}:v1` } });
    expect(moves).toMatchObject([{ before: { digest: sha256(first) }, after: { digest: sha256(second) } }]);
  });

  it('with so many blobs that a worker thread reads it', async () => {
    const reading = vi.spyOn(vitrine.app.offload, 'run');
    const layers = Array.from({ length: 5_000 }, (_, i) => describeBlob('a/b', String(i % 2)));
    for (const blob of [CONFIG, '0', '1']) await client.pushBlob(`${name}-wide`, blob);
    const image = imageOf(CONFIG, [], { layers });
    expect((await putImage('wide', image, `${name}-wide`)).status).toBe(201);
    expect(reading).toHaveBeenCalledOnce();
    const row = await vitrine.app.db.manifest.findFirstOrThrow({
      where: { digest: sha256(image) },
      include: { blobs: { orderBy: { position: 'desc' }, take: 1 }, _count: { select: { blobs: true } } },
    });
    expect(row).toMatchObject({ os: 'linux', contentBytes: BigInt(CONFIG.length + 2), _count: { blobs: 5_001 } });
    expect(row.blobs).toMatchObject([{ kind: 'layer', position: 4_999, digest: sha256('1'), mediaType: 'a/b' }]);

    const missing = Array.from({ length: 5_000 }, (_, i) => describeBlob('a/b', `missing ${i}`));
    const refused = await putImage('wide', imageOf(CONFIG, [], { layers: missing }), `${name}-wide`);
    const { errors } = JSON.parse(refused.body.toString()) as { errors: { code: string; detail: unknown }[] };
    const named = missing.slice(0, 1_000).map(({ digest }) => ({ digest }));
    expect(errors).toMatchObject([{ code: 'MANIFEST_BLOB_UNKNOWN', detail: named }]);
    reading.mockRestore();
  });

  it('by digest, with several tags at once', async () => {
    const manifest = imageOf(CONFIG, [], { annotations: { tags: 'many' } });
    await client.pushBlob(name, CONFIG);
    for (const digest of [sha256(manifest), sha512(manifest)]) {
      const answer = await putImage(`${digest}?tag=one&tag=two&tag=one`, manifest);
      expect(answer).toMatchObject({
        status: 201,
        headers: { 'oci-tag': 'one, two', 'docker-content-digest': digest },
      });
      const pulled = await client.send('GET', `/v2/${name}/manifests/two`);
      expect(pulled).toMatchObject({ headers: { 'docker-content-digest': digest } });
      expect(pulled.body.toString()).toBe(manifest);
    }
  });

  it('with a missing subject, and the response confirms the subject', async () => {
    await client.pushBlob(name, CONFIG);
    const subject = describeBlob(OCI_IMAGE_MANIFEST, 'elsewhere');
    const answer = await putImage('with-subject', imageOf(CONFIG, [], { subject }));
    expect(answer).toMatchObject({ status: 201, headers: { 'oci-subject': subject.digest } });
  });

  it('as an index with missing manifests', async () => {
    await client.pushBlob(name, CONFIG);
    const image = imageOf(CONFIG);
    await putImage('here', image);
    const here = { ...describeBlob(OCI_IMAGE_MANIFEST, image), platform: { os: 'linux', architecture: 'arm64' } };
    const elsewhere = {
      ...describeBlob(OCI_IMAGE_MANIFEST, 'x'),
      platform: { os: 'a\0b', architecture: 'x'.repeat(500) },
    };
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [here, elsewhere] });
    const answer = await client.send('PUT', `/v2/${name}/manifests/all`, typed(OCI_IMAGE_INDEX, index));
    expect(answer.status).toBe(201);
    const row = await vitrine.app.db.manifest.findFirstOrThrow({
      where: { digest: sha256(index) },
      include: { children: true },
    });
    expect(row.contentBytes).toBe(BigInt(CONFIG.length));
    expect(row.children).toMatchObject([{ architecture: 'arm64' }, { os: 'ab', architecture: null }]);
  });

  it.each([
    ['two million open brackets', '['.repeat(2_000_000)],
    ['a date out of range', '{"created":"-271821-04-20T00:00:00Z","os":"linux"}'],
    ["Go's year 1", '{"created":"0001-01-01T00:00:00Z"}'],
    ['NUL characters', '{"os":"li\\u0000nux","architecture":"\\u0000"}'],
    ['wrong types', '{"os":["linux"],"architecture":{"a":1},"created":7}'],
    ['an array', '[]'],
    ['invalid JSON', 'hello'],
    ['an empty config', ''],
  ])('with an odd config: %s', async (_what, config) => {
    await client.pushBlob(name, config);
    expect((await putImage('odd-config', imageOf(config))).status).toBe(201);
  });

  it('with 20,000 layers', async () => {
    const digest = await client.pushBlob(name, 'x');
    await client.pushBlob(name, CONFIG);
    const layers = Array.from({ length: 20_000 }, () => ({ mediaType: 'a/b', digest, size: 1 }));
    expect((await putImage('many', imageOf(CONFIG, [], { layers }))).status).toBe(201);
    expect(await vitrine.app.db.manifestBlob.count({ where: { digest } })).toBe(20_000);
  });

  it('by many clients at once, to one tag of a new repository', async () => {
    const repository = `${ada.alias}/crowd`;
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        await client.pushBlob(repository, CONFIG);
        return (await putImage('latest', imageOf(CONFIG, [], { annotations: { i: String(i) } }), repository)).status;
      }),
    );
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 201));
    expect(await vitrine.app.db.tagEvent.count({ where: { repository: { name: 'crowd' } } })).toBe(8);
  });
});

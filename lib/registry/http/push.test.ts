import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { OCI_IMAGE_CONFIG, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, sha512, type RawClient, type SendOptions } from '#lib/testing/raw-http.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';

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

const CONFIG = JSON.stringify({ os: 'linux', architecture: 'arm64', variant: 'v8', created: '2024-05-01T10:00:00Z' });
const describeBlob = (mediaType: string, bytes: Buffer | string) => {
  return { mediaType, digest: sha256(bytes), size: Buffer.byteLength(bytes) };
};
const imageOf = (config: string, layers: Buffer[] = [], more: Record<string, unknown> = {}) =>
  JSON.stringify({
    ...{ schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config: describeBlob(OCI_IMAGE_CONFIG, config) },
    layers: layers.map((layer) => describeBlob('application/vnd.oci.image.layer.v1.tar', layer)),
    ...more,
  });
const typed = (type: string, body: Buffer | string): SendOptions => ({ headers: { 'content-type': type }, body });
const putImage = (reference: string, manifest: string, repository = name) =>
  client.send('PUT', `/v2/${repository}/manifests/${reference}`, typed(OCI_IMAGE_MANIFEST, manifest));

describe('a blob is pushed', () => {
  const bytes = randomBytes(200_000);
  const checkPulled = async (digest: string, expected: Buffer) => {
    const answer = await client.send('GET', `/v2/${name}/blobs/${digest}`);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(expected)).toBe(true);
  };

  it('by POST alone', async () => {
    const answer = await client.send('POST', `/v2/${name}/blobs/uploads/?digest=${sha256(bytes)}`, { body: bytes });
    expect(answer).toMatchObject({ status: 201, headers: { location: `/v2/${name}/blobs/${sha256(bytes)}` } });
    await checkPulled(sha256(bytes), bytes);
  });

  it('by POST and PUT, under a SHA-512', async () => {
    const own = randomBytes(1000);
    const location = await client.startUpload(name);
    const answer = await client.send('PUT', `${location}?digest=${sha512(own)}`, { body: own });
    expect(answer).toMatchObject({ status: 201, headers: { 'docker-content-digest': sha512(own) } });
    await checkPulled(sha512(own), own);
    // The link is by the digest that it was pushed by.
    expect((await client.send('HEAD', `/v2/${name}/blobs/${sha256(own)}`)).status).toBe(404);
  });

  it('in PATCHes without ranges, as docker does, the last bytes with the PUT', async () => {
    const own = randomBytes(150_000);
    const location = await client.startUpload(name);
    for (const [from, to] of [
      [0, 70_000],
      [70_000, 70_001],
      [70_001, 100_000],
    ] as const) {
      const headers = { 'transfer-encoding': 'chunked' };
      const answer = await client.send('PATCH', location, { headers, body: own.subarray(from, to) });
      expect(answer).toMatchObject({ status: 202, headers: { location, range: `0-${to - 1}` } });
    }
    const status = await client.send('GET', location);
    expect(status).toMatchObject({ status: 204, headers: { location, range: '0-99999' } });
    const end = await client.send('PUT', `${location}?digest=${sha256(own)}`, { body: own.subarray(100_000) });
    expect(end.status).toBe(201);
    await checkPulled(sha256(own), own);
    expect((await client.send('GET', location)).status).toBe(404);
  });

  it('in chunks with ranges, and goes on from where a wrong one says', async () => {
    const own = randomBytes(3000);
    const location = await client.startUpload(name);
    const patch = (range: string, body: Buffer) =>
      client.send('PATCH', location, { headers: { 'content-range': range }, body });
    expect(await patch('0-999', own.subarray(0, 1000))).toMatchObject({ status: 202 });
    for (const wrong of ['0-999', '2000-2999']) {
      const answer = await patch(wrong, own.subarray(2000, 3000));
      expect(answer).toMatchObject({ status: 416, codes: ['RANGE_INVALID'], headers: { location, range: '0-999' } });
    }
    expect(await patch('1000-1999', own.subarray(1000, 2000))).toMatchObject({ status: 202 });
    const put = (range: string) =>
      client.send('PUT', `${location}?digest=${sha256(own)}`, {
        headers: { 'content-range': range },
        body: own.subarray(2000),
      });
    expect(await put('1000-1999')).toMatchObject({ status: 416, headers: { range: '0-1999' } });
    expect(await put('2000-2999')).toMatchObject({ status: 201 });
  });

  it('by mounting it from where the caller may read it', async () => {
    const own = randomBytes(100);
    const digest = await client.pushBlob(name, own);
    const mount = (query: string) => client.send('POST', `/v2/${ada.alias}/other/blobs/uploads/?${query}`);
    expect(await mount(`mount=${sha256('not there')}&from=${name}`)).toMatchObject({ status: 202 });
    const mounted = await mount(`mount=${digest}&from=${name}`);
    expect(mounted).toMatchObject({ status: 201, headers: { 'docker-content-digest': digest } });
    expect((await client.send('GET', `/v2/${ada.alias}/other/blobs/${digest}`)).body.equals(own)).toBe(true);
    const anywhere = await client.send('POST', `/v2/${ada.alias}/third/blobs/uploads/?mount=${digest}`);
    expect(anywhere.status).toBe(201);
  });

  it('not by mounting it from a private repository of somebody else', async () => {
    const eve = await vitrine.createUser();
    const digest = await client.pushBlob(`${ada.alias}/hidden`, randomBytes(64));
    await vitrine.app.db.repository.updateMany({ where: { name: 'hidden' }, data: { visibility: 'private' } });
    const evesClient = createRawClient(vitrine.url, basic(eve.token));
    for (const query of [`mount=${digest}&from=${ada.alias}/hidden`, `mount=${digest}`]) {
      expect((await evesClient.send('POST', `/v2/${eve.alias}/copy/blobs/uploads/?${query}`)).status).toBe(202);
    }
    expect((await evesClient.send('HEAD', `/v2/${eve.alias}/copy/blobs/${digest}`)).status).toBe(404);
  });

  it('and what came before the connection broke is kept', async () => {
    const own = randomBytes(500_000);
    const location = await client.startUpload(name);
    await sendPartly('PATCH', location, own.length, own.subarray(0, 300_000));
    await expect.poll(async () => (await client.send('GET', location)).headers.range).toBe('0-299999');
    const rest = own.subarray(300_000);
    expect((await client.send('PUT', `${location}?digest=${sha256(own)}`, { body: rest })).status).toBe(201);
  });

  it('or cancelled, and is gone', async () => {
    const before = await readStoredState(vitrine.app);
    const location = await client.startUpload(name);
    await client.send('PATCH', location, { body: 'some bytes' });
    expect((await client.send('DELETE', location)).status).toBe(204);
    expect((await client.send('GET', location)).status).toBe(404);
    expect(await readStoredState(vitrine.app)).toEqual(before);
  });

  it('by one request at a time', async () => {
    const location = await client.startUpload(name);
    const slow = sendPartly('PATCH', location, 1000, Buffer.alloc(500), 300);
    await sleep(100);
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject({ status: 416, headers: { location } });
    await slow;
  });
});

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
      pushedById: ada.caller.actor.userId,
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

  it('with a subject that is not here, and says that it was understood', async () => {
    await client.pushBlob(name, CONFIG);
    const subject = describeBlob(OCI_IMAGE_MANIFEST, 'elsewhere');
    const answer = await putImage('with-subject', imageOf(CONFIG, [], { subject }));
    expect(answer).toMatchObject({ status: 201, headers: { 'oci-subject': subject.digest } });
  });

  it('as an index whose manifests are not all here', async () => {
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
    ['a date before all dates', '{"created":"-271821-04-20T00:00:00Z","os":"linux"}'],
    ["Go's year 1", '{"created":"0001-01-01T00:00:00Z"}'],
    ['NUL characters', '{"os":"li\\u0000nux","architecture":"\\u0000"}'],
    ['the wrong types', '{"os":["linux"],"architecture":{"a":1},"created":7}'],
    ['a list', '[]'],
    ['no JSON', 'hello'],
    ['nothing', ''],
  ])('whatever its config is: %s', async (_what, config) => {
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

  it('by many clients at once, to one tag and to a repository that is not there yet', async () => {
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

describe('nothing is stored of', () => {
  const image = imageOf(CONFIG);
  const bad = `sha256:${'0'.repeat(64)}`;
  const fresh = () => `${ada.alias}/never-there`;
  type Row = [what: string, send: () => Promise<{ status: number; codes: string[] }>, status: number, code: string];

  const manifestRow = (
    what: string,
    type: string,
    body: Buffer | string,
    status: number,
    code: string,
    reference = 'x',
  ): Row => [what, () => client.send('PUT', `/v2/${fresh()}/manifests/${reference}`, typed(type, body)), status, code];

  test.each<Row>([
    manifestRow('a manifest with unknown blobs', OCI_IMAGE_MANIFEST, image, 400, 'MANIFEST_BLOB_UNKNOWN'),
    manifestRow('a manifest with another digest', OCI_IMAGE_MANIFEST, image, 400, 'DIGEST_INVALID', bad),
    manifestRow('a manifest with a malformed digest', OCI_IMAGE_MANIFEST, image, 400, 'DIGEST_INVALID', 'sha256:zz'),
    manifestRow('a manifest with a malformed tag', OCI_IMAGE_MANIFEST, image, 400, 'TAG_INVALID', '-x'),
    manifestRow(
      'a manifest with a malformed tag parameter',
      OCI_IMAGE_MANIFEST,
      image,
      400,
      'TAG_INVALID',
      `${sha256(image)}?tag=a&tag=%2e%2e`,
    ),
    manifestRow(
      'a manifest with too many tags',
      OCI_IMAGE_MANIFEST,
      image,
      413,
      'SIZE_INVALID',
      `${sha256(image)}?${Array.from({ length: 101 }, (_, i) => `tag=${i}`).join('&')}`,
    ),
    manifestRow('a manifest of another type than it says', OCI_IMAGE_INDEX, image, 400, 'MANIFEST_INVALID'),
    manifestRow('a manifest without a type', '', image, 400, 'MANIFEST_INVALID'),
    manifestRow('a web page', 'text/html', '<script>', 400, 'MANIFEST_INVALID'),
    manifestRow('a manifest that is no JSON', OCI_IMAGE_MANIFEST, 'hello', 400, 'MANIFEST_INVALID'),
    manifestRow(
      'a manifest of schema version 1',
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
      '{"schemaVersion":1}',
      400,
      'MANIFEST_INVALID',
    ),
    manifestRow(
      'a manifest that is two',
      OCI_IMAGE_MANIFEST,
      imageOf(CONFIG, [], { manifests: [] }),
      400,
      'MANIFEST_INVALID',
    ),
    manifestRow(
      'a manifest over 4 MiB',
      OCI_IMAGE_MANIFEST,
      Buffer.alloc(4 * 1024 * 1024 + 1, ' '),
      413,
      'SIZE_INVALID',
    ),
    [
      'an upload to a malformed name',
      () => client.send('POST', `/v2/${ada.alias}/UPPER/blobs/uploads/`),
      400,
      'NAME_INVALID',
    ],
    [
      'an upload to a name that is too short',
      () => client.send('POST', `/v2/${ada.alias}/x/blobs/uploads/`),
      400,
      'NAME_INVALID',
    ],
    [
      'an upload to an alias that nobody has',
      () => client.send('POST', '/v2/zz-nobody/x1/blobs/uploads/'),
      404,
      'NAME_UNKNOWN',
    ],
    [
      'an upload with a malformed digest',
      () => client.send('POST', `/v2/${fresh()}/blobs/uploads/?digest=md5:00`),
      400,
      'DIGEST_INVALID',
    ],
    [
      'an upload with an algorithm it does not have',
      () => client.send('POST', `/v2/${fresh()}/blobs/uploads/?digest-algorithm=md5`),
      400,
      'DIGEST_INVALID',
    ],
    [
      'a mount of a malformed digest',
      () => client.send('POST', `/v2/${fresh()}/blobs/uploads/?mount=x&from=${name}`),
      400,
      'DIGEST_INVALID',
    ],
    [
      'a mount from a malformed name',
      () => client.send('POST', `/v2/${fresh()}/blobs/uploads/?mount=${bad}&from=../x`),
      400,
      'NAME_INVALID',
    ],
    [
      'an upload that nobody began',
      () =>
        client.send('PUT', `/v2/${name}/blobs/uploads/0b8e7c4a-2f7e-4f41-9d0a-6f0c6d1f2a3b?digest=${bad}`, {
          body: 'x',
        }),
      404,
      'BLOB_UPLOAD_UNKNOWN',
    ],
  ])('%s', async (_what, send, status, code) => {
    const before = await readStoredState(vitrine.app);
    expect(await send()).toMatchObject({ status, codes: [code] });
    expect(await readStoredState(vitrine.app)).toEqual(before);
  });

  test('a blob with another digest, however it is pushed', async () => {
    const before = await readStoredState(vitrine.app);
    const refused = { status: 400, codes: ['DIGEST_INVALID'] };
    expect(await client.send('POST', `/v2/${name}/blobs/uploads/?digest=${bad}`, { body: 'x' })).toMatchObject(refused);
    expect(await client.send('PUT', `${await client.startUpload(name)}?digest=${bad}`, { body: 'x' })).toMatchObject(
      refused,
    );
    const location = await client.startUpload(name);
    await client.send('PATCH', location, { body: 'x' });
    expect(await client.send('PUT', `${location}?digest=sha512:${'0'.repeat(128)}`)).toMatchObject(refused);
    expect(await readStoredState(vitrine.app)).toEqual(before);
  });

  test('a manifest that is larger than it said, sent without a length', async () => {
    const before = await readStoredState(vitrine.app);
    const options = typed(OCI_IMAGE_MANIFEST, Buffer.alloc(6 * 1024 * 1024, ' '));
    const headers = { ...options.headers, 'transfer-encoding': 'chunked' };
    const answer = await client.send('PUT', `/v2/${name}/manifests/x`, { ...options, headers });
    expect(answer).toMatchObject({ status: 413, codes: ['SIZE_INVALID'] });
    expect(await readStoredState(vitrine.app)).toEqual(before);
  });

  test('a blob whose body broke off', async () => {
    const bytes = randomBytes(100_000);
    const before = await readStoredState(vitrine.app);
    await sendPartly(
      'POST',
      `/v2/${name}/blobs/uploads/?digest=${sha256(bytes)}`,
      bytes.length,
      bytes.subarray(0, 50_000),
    );
    await expect.poll(() => readStoredState(vitrine.app)).toEqual(before);
  });

  test.each([
    ['fewer bytes than its range', '0-9', 'abc'],
    ['more bytes than its range', '0-1', 'abc'],
    ['a range that runs backwards', '2-0', 'abc'],
    ['a range that is none', 'all of it', 'abc'],
  ])('a chunk with %s', async (_what, range, body) => {
    const location = await client.startUpload(name);
    for (const headers of [{ 'content-range': range }, { 'content-range': range, 'transfer-encoding': 'chunked' }]) {
      const answer = await client.send('PATCH', location, { headers, body });
      expect([400, 416]).toContain(answer.status);
      expect((await client.send('GET', location)).headers.range).toBe('0-0');
    }
    await client.send('DELETE', location);
  });

  test('what somebody else sends to an upload, or to another repository', async () => {
    const eve = await vitrine.createUser();
    const location = await client.startUpload(name);
    const evesClient = createRawClient(vitrine.url, basic(eve.token));
    expect(await evesClient.send('PATCH', location, { body: 'x' })).toMatchObject({ status: 403, codes: ['DENIED'] });
    await client.pushBlob(`${ada.alias}/second`, 'x');
    const moved = location.replace(name, `${ada.alias}/second`);
    expect(await client.send('PATCH', moved, { body: 'x' })).toMatchObject({
      status: 404,
      codes: ['BLOB_UPLOAD_UNKNOWN'],
    });
    expect((await client.send('GET', location)).headers.range).toBe('0-0');
  });

  test('an upload that has expired', async () => {
    const location = await client.startUpload(name);
    await vitrine.app.db.upload.updateMany({ data: { expiresAt: new Date(0) } });
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject({
      status: 404,
      codes: ['BLOB_UPLOAD_UNKNOWN'],
    });
  });
});

/** Announces more than it sends, then drops the connection. */
async function sendPartly(
  method: string,
  path: string,
  lengthBytes: number,
  body: Buffer,
  waitMs = 100,
): Promise<void> {
  const { hostname, port } = new URL(vitrine.url);
  const socket = connect(Number(port), hostname);
  const headers = `Host: x\r\nAuthorization: ${basic(ada.token)}\r\nContent-Length: ${lengthBytes}`;
  socket.write(`${method} ${path} HTTP/1.1\r\n${headers}\r\n\r\n`);
  socket.write(body);
  await sleep(waitMs);
  socket.destroy();
}

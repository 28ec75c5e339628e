// Every bad push gets the right status and code, and nothing of it is stored.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sendPartly, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { CONFIG, imageOf, typed } from '#lib/testing/images/sample-manifest.ts';
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
  await client.pushBlob(name, 'so that the repository is there');
});
afterAll(() => vitrine.close());

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
    manifestRow('a manifest that is not JSON', OCI_IMAGE_MANIFEST, 'hello', 400, 'MANIFEST_INVALID'),
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

  test('a blob with a wrong digest, however it is pushed', async () => {
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

  test('a manifest that is too large, sent without a length', async () => {
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
    await sendPartly(vitrine.url, {
      method: 'POST',
      path: `/v2/${name}/blobs/uploads/?digest=${sha256(bytes)}`,
      authorization: basic(ada.token),
      lengthBytes: bytes.length,
      body: bytes.subarray(0, 50_000),
    });
    await expect.poll(() => readStoredState(vitrine.app)).toEqual(before);
  });

  test.each([
    ['fewer bytes than its range', '0-9', 'abc'],
    ['more bytes than its range', '0-1', 'abc'],
    ['a reversed range', '2-0', 'abc'],
    ['a malformed range', 'all of it', 'abc'],
  ])('a chunk with %s', async (_what, range, body) => {
    const location = await client.startUpload(name);
    for (const headers of [{ 'content-range': range }, { 'content-range': range, 'transfer-encoding': 'chunked' }]) {
      const answer = await client.send('PATCH', location, { headers, body });
      expect([400, 416]).toContain(answer.status);
      expect((await client.send('GET', location)).headers.range).toBe('0-0');
    }
    await client.send('DELETE', location);
  });

  test('a chunk sent by another user, or through another repository', async () => {
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

  test('an expired upload', async () => {
    const location = await client.startUpload(name);
    await client.send('PATCH', location, { body: 'x' });
    await vitrine.app.db.upload.updateMany({ data: { expiresAt: new Date(0) } });
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject({
      status: 404,
      codes: ['BLOB_UPLOAD_UNKNOWN'],
    });
  });
});

// Unusual requests of real clients, replayed from their source code.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { listOpenFiles } from '#lib/testing/list-open-files.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { openRawSocket } from '#lib/testing/servers/raw-socket.ts';
import { CONFIG, imageOf, typed } from '#lib/testing/images/sample-manifest.ts';

let vitrine: TestApp;
let ada: TestUser;
let client: RawClient;
let anybody: RawClient;
let name: string;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  client = createRawClient(vitrine.url, basic(ada.token));
  anybody = createRawClient(vitrine.url);
  name = `${ada.alias}/tool`;
  await client.pushBlob(name, CONFIG);
  expect((await put('latest', imageOf(CONFIG))).status).toBe(201);
});
afterAll(() => vitrine.close());

const put = (reference: string, manifest: string, query = '') =>
  client.send('PUT', `/v2/${name}/manifests/${reference}${query}`, typed(OCI_IMAGE_MANIFEST, manifest));
const readToken = (body: Buffer) => (JSON.parse(body.toString()) as { token: string }).token;

describe('containerd', () => {
  const ACCEPT = [
    'application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*',
  ].join(', ');

  test('resolves by HEAD with all types in one Accept, and names the registry on every request', async () => {
    // Without PUBLIC_URL, the site accepts this name and any that a client used.
    const ns = `?ns=${vitrine.host}`;
    const head = await anybody.send('HEAD', `/v2/${name}/manifests/latest${ns}`, { headers: { accept: ACCEPT } });
    const digest = sha256(imageOf(CONFIG));
    expect(head).toMatchObject({
      status: 200,
      headers: { 'content-type': OCI_IMAGE_MANIFEST, 'docker-content-digest': digest },
    });
    const got = await anybody.send('GET', `/v2/${name}/manifests/${digest}${ns}`, { headers: { accept: ACCEPT } });
    expect(got.body.toString()).toBe(imageOf(CONFIG));

    const bytes = randomBytes(1000);
    const begun = await client.send('POST', `/v2/${name}/blobs/uploads/${ns}`);
    expect(begun.status).toBe(202);
    // It adds to the query of the Location, in its own order.
    const query = new URLSearchParams({ digest: sha256(bytes), ns: vitrine.host });
    const end = await client.send('PUT', `${begun.headers.location}?${query.toString()}`, { body: bytes });
    expect(end.status).toBe(201);
    expect((await put('by-containerd', imageOf(CONFIG), ns)).status).toBe(201);
  });

  test('requests a digest as a blob first, and then as a manifest', async () => {
    const digest = sha256(imageOf(CONFIG));
    const accept = { headers: { accept: '*/*' } };
    expect(await anybody.send('GET', `/v2/${name}/blobs/${digest}`, accept)).toMatchObject({
      status: 404,
      codes: ['BLOB_UNKNOWN'],
    });
    expect((await anybody.send('GET', `/v2/${name}/manifests/${digest}`, accept)).status).toBe(200);
  });

  test('fetches a blob in parallel from several offsets, and disconnects after each part', async () => {
    const bytes = randomBytes(24 * 1024 * 1024);
    const digest = await client.pushBlob(name, bytes);
    const openFiles = await countOpenBlobs();
    const partBytes = 4 * 1024 * 1024;
    const starts = Array.from({ length: bytes.length / partBytes }, (_, i) => i * partBytes);
    const headers = { 'accept-encoding': 'zstd;q=1.0, gzip;q=0.8, deflate;q=0.5' };
    const fetchPart = async (start: number): Promise<Buffer> => {
      const abort = new AbortController();
      const response = await fetch(`${vitrine.url}/v2/${name}/blobs/${digest}`, {
        headers: { ...headers, range: `bytes=${start}-` },
        signal: abort.signal,
      });
      expect(response.status).toBe(206);
      expect(response.headers.get('content-encoding')).toBeNull();
      expect(response.headers.get('content-range')).toBe(`bytes ${start}-${bytes.length - 1}/${bytes.length}`);
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      const reader = response.body?.getReader();
      while (reader && sizeBytes < partBytes) {
        const { value = new Uint8Array() } = (await reader.read()) as { value?: Uint8Array };
        chunks.push(Buffer.from(value));
        sizeBytes += value.length;
      }
      abort.abort();
      return Buffer.concat(chunks).subarray(0, partBytes);
    };
    const whole = anybody.send('GET', `/v2/${name}/blobs/${digest}`);
    const parts = await Promise.all(starts.map(fetchPart));
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect((await whole).body.equals(bytes)).toBe(true);
    await expect.poll(countOpenBlobs, { timeout: 10_000 }).toBe(openFiles);
  });
});

describe('docker', () => {
  test('gets the API version, digests and lengths with every response', async () => {
    const digest = sha256(imageOf(CONFIG));
    for (const path of ['/v2/', `/v2/${name}/manifests/latest`, `/v2/${name}/manifests/nothing`, '/v2/_catalog']) {
      const { headers } = await anybody.send('HEAD', path);
      expect(headers['docker-distribution-api-version']).toBe('registry/2.0');
    }
    const head = await anybody.send('HEAD', `/v2/${name}/manifests/latest`);
    expect(head.headers).toMatchObject({
      'docker-content-digest': digest,
      'content-length': String(imageOf(CONFIG).length),
    });
    const pushed = await put('by-docker', imageOf(CONFIG));
    expect(pushed).toMatchObject({ status: 201, headers: { 'docker-content-digest': digest } });
    const blob = await client.send('HEAD', `/v2/${name}/blobs/${sha256(CONFIG)}`);
    expect(blob).toMatchObject({ status: 200, headers: { 'content-length': String(CONFIG.length) } });
  });

  test('resumes a broken download', async () => {
    const bytes = randomBytes(300_000);
    const digest = await client.pushBlob(name, bytes);
    const answer = await anybody.send('GET', `/v2/${name}/blobs/${digest}`, { headers: { range: 'bytes=123456-' } });
    expect(answer).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 123456-299999/300000' } });
    expect(answer.body.equals(bytes.subarray(123_456))).toBe(true);
  });

  test('before version 1.6 pushes schema 1 without signatures, and learns that they are missing', async () => {
    const schema1 = { schemaVersion: 1, name, tag: 'old', architecture: 'amd64', fsLayers: [], history: [] };
    for (const type of ['v1+json', 'v1+prettyjws']) {
      const options = typed(`application/vnd.docker.distribution.manifest.${type}`, JSON.stringify(schema1));
      const answer = await client.send('PUT', `/v2/${name}/manifests/old`, options);
      expect(answer).toMatchObject({ status: 400, codes: ['MANIFEST_INVALID'] });
      expect(answer.body.toString()).toContain('no signatures');
    }
  });
});

describe('podman, skopeo and buildah', () => {
  test('send an empty name and password when signed out, which allows pulls but not pushes', async () => {
    const nobody = createRawClient(vitrine.url, 'Basic Og==');
    expect((await nobody.send('GET', `/v2/${name}/manifests/latest`)).status).toBe(200);
    expect((await nobody.send('HEAD', `/v2/${name}/blobs/${sha256(CONFIG)}`)).status).toBe(200);
    const asked = await nobody.send('GET', `/token?scope=repository:${name}:pull,push`);
    expect(asked.status).toBe(200);
    const bearer = createRawClient(vitrine.url, `Bearer ${readToken(asked.body)}`);
    for (const sender of [nobody, bearer]) {
      const answer = await sender.send('POST', `/v2/${name}/blobs/uploads/`);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain(`scope="repository:${name}:pull,push"`);
    }
  });

  test('try to mount without a source, and cancel the upload that they get instead', async () => {
    const elsewhere = `${ada.alias}/elsewhere`;
    const mount = await client.send('POST', `/v2/${elsewhere}/blobs/uploads/?mount=${sha256(CONFIG)}`);
    expect(mount).toMatchObject({ status: 201, headers: { location: `/v2/${elsewhere}/blobs/${sha256(CONFIG)}` } });
    const failed = await client.send('POST', `/v2/${elsewhere}/blobs/uploads/?mount=${sha256(randomUUID())}`);
    expect(failed.status).toBe(202);
    expect((await client.send('DELETE', failed.headers.location ?? '')).status).toBe(204);
    expect((await client.send('DELETE', failed.headers.location ?? '')).status).toBe(404);
  });

  test('request several ranges of a layer at once, and accept the whole layer', async () => {
    const bytes = randomBytes(5000);
    const digest = await client.pushBlob(name, bytes);
    const headers = { range: 'bytes=0-99,1000-1999,4000-4999' };
    const answer = await anybody.send('GET', `/v2/${name}/blobs/${digest}`, { headers });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '5000' } });
    expect(answer.body.equals(bytes)).toBe(true);
  });
});

describe('the .NET SDK, Jib and others', () => {
  test.each(['with a length', 'without'])('send a layer in several PATCHes %s, none with a range', async (how) => {
    const bytes = randomBytes(250_000);
    const begun = await client.send('POST', `/v2/${name}/blobs/uploads`);
    expect(begun).toMatchObject({ status: 202, headers: { range: '0-0' } });
    const location = begun.headers.location ?? '';
    expect(await client.send('GET', location)).toMatchObject({ status: 204, headers: { range: '0-0', location } });
    for (let at = 0; at < bytes.length; at += 65_536) {
      const body = bytes.subarray(at, at + 65_536);
      const headers = how === 'without' ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length };
      const answer = await client.send('PATCH', location, { headers, body });
      expect(answer).toMatchObject({ status: 202, headers: { location, range: `0-${at + body.length - 1}` } });
    }
    const end = await client.send('PUT', `${location}?digest=${sha256(bytes)}`, { headers: { 'content-length': 0 } });
    expect(end).toMatchObject({ status: 201, headers: { 'docker-content-digest': sha256(bytes) } });
    expect((await anybody.send('GET', `/v2/${name}/blobs/${sha256(bytes)}`)).body.equals(bytes)).toBe(true);
  });

  test('mix chunks with a range and chunks without', async () => {
    const bytes = randomBytes(3000);
    const location = await client.startUpload(name);
    const patch = (from: number, to: number, headers = {}) =>
      client.send('PATCH', location, { headers, body: bytes.subarray(from, to) });
    expect(await patch(0, 1000, { 'content-range': '0-999' })).toMatchObject({ status: 202 });
    expect(await patch(1000, 2000)).toMatchObject({ status: 202, headers: { range: '0-1999' } });
    const wrong = { headers: { 'content-range': '0-999' }, body: bytes.subarray(2000) };
    const target = `${location}?digest=${sha256(bytes)}`;
    expect(await client.send('PUT', target, wrong)).toMatchObject({ status: 416, headers: { range: '0-1999' } });
    expect(await client.send('GET', location)).toMatchObject({ status: 204, headers: { range: '0-1999' } });
    const right = { headers: { 'content-range': '2000-2999' }, body: bytes.subarray(2000) };
    expect((await client.send('PUT', target, right)).status).toBe(201);
  });

  test('push an empty blob in every possible way', async () => {
    const digest = sha256('');
    const repository = () => `${ada.alias}/empty-${randomUUID()}`;
    const ways: ((name: string, location: () => Promise<string>) => Promise<number>)[] = [
      async (name) => (await client.send('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`)).status,
      async (_name, location) => (await client.send('PUT', `${await location()}?digest=${digest}`)).status,
      async (_name, location) => {
        const at = await location();
        const headers = { 'transfer-encoding': 'chunked' };
        expect(await client.send('PATCH', at, { headers })).toMatchObject({ status: 202, headers: { range: '0-0' } });
        return (await client.send('PUT', `${at}?digest=${digest}`)).status;
      },
    ];
    for (const push of ways) {
      const own = repository();
      expect(await push(own, () => client.startUpload(own))).toBe(201);
      for (const method of ['GET', 'HEAD']) {
        const answer = await anybody.send(method, `/v2/${own}/blobs/${digest}`);
        expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
      }
      // Some clients send a range with every request.
      const part = await anybody.send('GET', `/v2/${own}/blobs/${digest}`, { headers: { range: 'bytes=0-' } });
      expect(part).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
    }
  });
});

describe('oras, regctl and cosign', () => {
  test('check for a referrers API, even in a repository without pushes', async () => {
    const zero = `sha256:${'0'.repeat(64)}`;
    for (const [sender, repository] of [
      [anybody, name],
      [client, `${ada.alias}/never-pushed`],
    ] as const) {
      const answer = await sender.send('GET', `/v2/${repository}/referrers/${zero}`);
      // Clients compare it for equality, so it has no parameters.
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': OCI_IMAGE_INDEX } });
      const document: unknown = JSON.parse(answer.body.toString());
      expect(document).toEqual({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });
    }
  });
});

describe('a body that the server does not need', () => {
  const head = (path: string, length: number, ...more: string[]) =>
    [`PUT ${path} HTTP/1.1`, 'Host: x', `Content-Length: ${length}`, ...more, '', ''].join('\r\n');

  test('is not requested from a client that sends Expect: 100-continue', async () => {
    const bytes = randomBytes(1000);
    const location = await client.startUpload(name);
    const path = `${location}?digest=${sha256(bytes)}`;
    const [stranger, publisher] = [await openRawSocket(vitrine.url), await openRawSocket(vitrine.url)];
    stranger.send(head(path, bytes.length, 'Expect: 100-continue'));
    expect(await stranger.waitFor(/"errors"/)).toMatch(/^HTTP\/1\.1 401 /);
    stranger.close();
    publisher.send(head(path, bytes.length, 'Expect: 100-continue', `Authorization: ${basic(ada.token)}`));
    expect(await publisher.waitFor(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    publisher.send(bytes);
    expect(await publisher.waitFor(/Docker-Content-Digest/)).toContain('HTTP/1.1 201 Created');
    publisher.close();
  });

  test.each([100_000, 64 * 1024 * 1024])(
    'of %s bytes does not prevent a client that sends everything first from getting the response',
    async (size) => {
      const socket = await openRawSocket(vitrine.url);
      socket.send(head(`/v2/${name}/manifests/latest`, size));
      await socket.sendAll(Buffer.alloc(size));
      expect(await socket.waitFor(/"errors"/)).toMatch(/^HTTP\/1\.1 401 /);
      socket.close();
    },
  );

  test('is not read to its end', async () => {
    const socket = await openRawSocket(vitrine.url);
    socket.send(head(`/v2/${name}/manifests/latest`, 1024 ** 4), Buffer.alloc(40 * 1024 * 1024));
    expect(await socket.waitFor(/"errors"/)).toMatch(/^HTTP\/1\.1 401 /);
    socket.close();
  });

  test('leaves the connection usable if it was read', async () => {
    const socket = await openRawSocket(vitrine.url);
    socket.send(head(`/v2/${name}/manifests/latest`, 100_000), Buffer.alloc(100_000));
    await socket.waitFor(/"errors"/);
    socket.send(`GET /v2/${name}/manifests/latest HTTP/1.1\r\nHost: x\r\n\r\n`);
    await socket.waitFor(/HTTP\/1\.1 200 OK/);
    socket.close();
  });
});

async function countOpenBlobs(): Promise<number> {
  const folder = `${vitrine.app.config.dataDir}/blobs`;
  return (await listOpenFiles()).filter((file) => file.startsWith(folder)).length;
}

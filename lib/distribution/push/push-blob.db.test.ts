import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { openSlowSocket } from '#lib/testing/servers/slow-socket.ts';
import { basic, createRawClient, sendPartly, sha256, sha512, type RawClient } from '#lib/testing/servers/raw-http.ts';
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

  it('by POST and PUT, with a SHA-512 digest', async () => {
    const own = randomBytes(1000);
    const location = await client.startUpload(name);
    const answer = await client.send('PUT', `${location}?digest=${sha512(own)}`, { body: own });
    expect(answer).toMatchObject({ status: 201, headers: { 'docker-content-digest': sha512(own) } });
    await checkPulled(sha512(own), own);
    // The link has the digest that the client used.
    expect((await client.send('HEAD', `/v2/${name}/blobs/${sha256(own)}`)).status).toBe(404);
  });

  it('in PATCHes without ranges and a final PUT, as Docker does', async () => {
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

  it('in chunks with ranges, and resumes after a wrong range', async () => {
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

  it('by mounting it from a repository that the caller may pull from', async () => {
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

  it('not by mounting it from another user’s private repository', async () => {
    const eve = await vitrine.createUser();
    const digest = await client.pushBlob(`${ada.alias}/hidden`, randomBytes(64));
    await vitrine.app.db.repository.updateMany({ where: { name: 'hidden' }, data: { visibility: 'private' } });
    const evesClient = createRawClient(vitrine.url, basic(eve.token));
    for (const query of [`mount=${digest}&from=${ada.alias}/hidden`, `mount=${digest}`]) {
      expect((await evesClient.send('POST', `/v2/${eve.alias}/copy/blobs/uploads/?${query}`)).status).toBe(202);
    }
    expect((await evesClient.send('HEAD', `/v2/${eve.alias}/copy/blobs/${digest}`)).status).toBe(404);
  });

  it('and keeps the bytes received before the connection broke', async () => {
    const own = randomBytes(500_000);
    const location = await client.startUpload(name);
    await sendPartly(vitrine.url, {
      method: 'PATCH',
      path: location,
      authorization: basic(ada.token),
      lengthBytes: own.length,
      body: own.subarray(0, 300_000),
    });
    await expect.poll(async () => (await client.send('GET', location)).headers.range).toBe('0-299999');
    const rest = own.subarray(300_000);
    expect((await client.send('PUT', `${location}?digest=${sha256(own)}`, { body: rest })).status).toBe(201);
  });

  it('or cancelled, and then is gone', async () => {
    const before = await readStoredState(vitrine.app);
    const location = await client.startUpload(name);
    await client.send('PATCH', location, { body: 'some bytes' });
    expect((await client.send('DELETE', location)).status).toBe(204);
    expect((await client.send('GET', location)).status).toBe(404);
    expect(await readStoredState(vitrine.app)).toEqual(before);
  });

  it('and a refused request does not block the upload', async () => {
    const location = await client.startUpload(name);
    const id = location.split('/').at(-1) ?? '';
    await client.send('PATCH', location, { body: 'x' });
    const { fence } = await vitrine.app.db.upload.findUniqueOrThrow({ where: { id } });
    const elsewhere = location.replace(name, `${ada.alias}/elsewhere`);
    await client.pushBlob(`${ada.alias}/elsewhere`, 'x');
    const { secret } = await createAccessToken(vitrine.app, {
      caller: ada.caller,
      name: 'narrow',
      expiresInDays: 1,
      scopes: [`repository:${name}:pull`],
    });
    const refusals = [
      await client.send('PUT', `${location}?digest=sha256:1`),
      await client.send('PUT', `${elsewhere}?digest=${sha256('')}`),
      await client.send('PATCH', location, { headers: { 'content-range': '5' }, body: 'x' }),
      await createRawClient(vitrine.url, basic(secret)).send('PATCH', location, { body: 'x' }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([400, 404, 416, 403]);
    const row = await vitrine.app.db.upload.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ leasedUntil: null, fence: fence + 4n });
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject({ status: 202 });
  });

  it('by one request at a time', async () => {
    const location = await client.startUpload(name);
    const id = location.split('/').at(-1) ?? '';
    const { socket, write } = await openSlowSocket(vitrine.url);
    write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(ada.token)}\r\n`);
    write(`Content-Length: 1000\r\n\r\n${'x'.repeat(500)}`);
    const isLeased = async () =>
      (await vitrine.app.db.upload.findUniqueOrThrow({ where: { id } })).leasedUntil !== null;
    await expect.poll(isLeased).toBe(true);
    expect(await client.send('PATCH', location, { body: 'x' })).toMatchObject({ status: 416, headers: { location } });
    socket.destroy();
    await expect.poll(isLeased).toBe(false);
  });
});

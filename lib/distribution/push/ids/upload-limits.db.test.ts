import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';

const MAX_BYTES = 100_000;

let vitrine: TestApp;
let ada: TestUser;
let client: RawClient;
let name: string;

beforeAll(async () => {
  const env = { UPLOADS_PER_USER: '6', UPLOADS_PER_REPOSITORY: '4', MAX_BLOB_SIZE: String(MAX_BYTES) };
  vitrine = await createTestApp(env);
  ada = await vitrine.createUser();
  client = createRawClient(vitrine.url, basic(ada.token));
  name = `${ada.alias}/tool`;
});
afterAll(() => vitrine.close());

const post = (repository: string, by = client) => by.send('POST', `/v2/${repository}/blobs/uploads/`);

/** Sends an upload's first byte. */
async function open(repository: string): Promise<{ location: string; answer: Answer }> {
  const location = await client.startUpload(repository);
  return { location, answer: await client.send('PATCH', location, { body: 'x' }) };
}

async function openAll(repository: string, count: number): Promise<string[]> {
  const locations: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const { location, answer } = await open(repository);
    expect(answer.status).toBe(202);
    locations.push(location);
  }
  return locations;
}

describe('open uploads', () => {
  it('are limited per repository and per user, and no longer count once finished or expired', async () => {
    const locations = await openAll(name, 4);
    const { answer: full } = await open(name);
    expect(full).toMatchObject({ status: 429, codes: ['TOOMANYREQUESTS'], headers: { 'retry-after': '60' } });
    expect(full.body.toString()).toContain('4 uploads to this repository are open');

    locations.push(...(await openAll(`${ada.alias}/other`, 2)));
    const before = await readStoredState(vitrine.app);
    const answers = [
      (await open(name)).answer,
      (await open(`${ada.alias}/other`)).answer,
      await post(`${ada.alias}/not-yet`),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 429, codes: ['TOOMANYREQUESTS'] });
      expect(answer.body.toString()).toContain('You have 6 uploads open');
    }
    expect(await readStoredState(vitrine.app)).toEqual(before);
    const eve = await vitrine.createUser();
    expect((await post(`${eve.alias}/own`, createRawClient(vitrine.url, basic(eve.token)))).status).toBe(202);

    const [first = '', second = '', ...rest] = locations;
    expect((await client.send('DELETE', first)).status).toBe(204);
    rest.push(...(await openAll(name, 1)));
    expect((await client.send('PUT', `${second}?digest=${sha256('xy')}`, { body: 'y' })).status).toBe(201);
    rest.push(...(await openAll(name, 1)));
    expect((await open(name)).answer.status).toBe(429);
    await vitrine.app.db.upload.updateMany({ data: { expiresAt: new Date(0) } });
    rest.push(...(await openAll(name, 1)));
    for (const location of rest) await client.send('DELETE', location);
    await vitrine.app.db.upload.deleteMany();
  });

  it('do not block blobs that one request brings, or a mount', async () => {
    const digest = await client.pushBlob(name, 'a layer');
    const locations = await openAll(name, 4);
    const before = await readStoredState(vitrine.app);
    expect((await open(name)).answer.status).toBe(429);
    expect(await readStoredState(vitrine.app)).toEqual(before);
    const all = await client.send('POST', `/v2/${name}/blobs/uploads/?digest=${sha256('y')}`, { body: 'y' });
    expect(all.status).toBe(201);
    const mounted = await client.send('POST', `/v2/${ada.alias}/third/blobs/uploads/?mount=${digest}&from=${name}`);
    expect(mounted.status).toBe(201);
    for (const location of locations) await client.send('DELETE', location);
  });

  it('leave nothing behind when their start is refused', async () => {
    await client.pushBlob(name, 'a layer');
    const before = await readStoredState(vitrine.app);
    const unknown = await client.send('POST', `/v2/${name}/blobs/uploads/?digest-algorithm=md5`);
    expect(unknown).toMatchObject({ status: 400, codes: ['DIGEST_INVALID'] });
    expect(await readStoredState(vitrine.app)).toEqual(before);

    const Statement = [{ Effect: 'Deny', Principal: '*', Action: ['*:InitiateLayerUpload'] }];
    const setPolicy = (policy: string | null) =>
      vitrine.app.db.repository.updateMany({ where: { name: 'tool' }, data: { policy } });
    await setPolicy(JSON.stringify({ Version: '2012-10-17', Statement }));
    const denied = await readStoredState(vitrine.app);
    expect(await post(name)).toMatchObject({ status: 403, codes: ['DENIED'] });
    expect(await readStoredState(vitrine.app)).toEqual(denied);
    await setPolicy(null);
    expect((await post(name)).status).toBe(202);
  });
});

describe('a blob that is too large', () => {
  const bytes = randomBytes(MAX_BYTES + 1);
  const chunked = { 'transfer-encoding': 'chunked' };
  const ways: [string, (location: string) => ReturnType<RawClient['send']>][] = [
    ['PATCH with a length', (location) => client.send('PATCH', location, { body: bytes })],
    ['PATCH in chunks', (location) => client.send('PATCH', location, { headers: chunked, body: bytes })],
    [
      'PATCH with a range',
      (location) => client.send('PATCH', location, { headers: { 'content-range': `0-${MAX_BYTES}` }, body: bytes }),
    ],
    ['PUT', (location) => client.send('PUT', `${location}?digest=${sha256(bytes)}`, { body: bytes })],
    [
      'two PATCHes',
      async (location) => {
        expect((await client.send('PATCH', location, { body: bytes.subarray(0, 60_000) })).status).toBe(202);
        return client.send('PATCH', location, { headers: chunked, body: bytes.subarray(60_000) });
      },
    ],
  ];
  it.each(ways)('by %s is refused, and nothing of it is kept', async (_way, send) => {
    const before = await readStoredState(vitrine.app);
    const location = await client.startUpload(name);
    const answer = await send(location);
    expect(answer).toMatchObject({ status: 413, codes: ['SIZE_INVALID'] });
    expect(answer.body.toString()).toContain(`at most ${MAX_BYTES} bytes`);
    expect((await client.send('GET', location)).status).toBe(404);
    expect(await readStoredState(vitrine.app)).toEqual(before);
  });

  it('by POST alone is refused before a repository is made for it', async () => {
    const before = await readStoredState(vitrine.app);
    const path = `/v2/${ada.alias}/never/blobs/uploads/?digest=${sha256(bytes)}`;
    expect(await client.send('POST', path, { body: bytes })).toMatchObject({ status: 413, codes: ['SIZE_INVALID'] });
    expect(await readStoredState(vitrine.app)).toEqual(before);
    const again = `/v2/${name}/blobs/uploads/?digest=${sha256(bytes)}`;
    const answer = await client.send('POST', again, { headers: chunked, body: bytes });
    expect(answer).toMatchObject({ status: 413, codes: ['SIZE_INVALID'] });
    expect(await readStoredState(vitrine.app)).toEqual(before);
  });

  it('is one byte larger than the largest that is accepted', async () => {
    const largest = bytes.subarray(1);
    expect(await client.pushBlob(name, largest)).toBe(sha256(largest));
  });
});

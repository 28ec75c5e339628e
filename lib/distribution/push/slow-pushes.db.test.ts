import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { openSlowSocket, type SlowSocket } from '#lib/testing/servers/slow-socket.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';

const LIMITS = {
  headersMs: 2000,
  keepAliveMs: 2000,
  stallMs: 800,
  stallBytes: 64,
  checkMs: 40,
  lingerMs: 800,
  lingerBytes: 1024 * 1024,
};

let vitrine: TestApp;
let ada: TestUser;
let client: RawClient;
let name: string;

beforeAll(async () => {
  vitrine = await createTestApp({}, LIMITS);
  ada = await vitrine.createUser();
  client = createRawClient(vitrine.url, basic(ada.token));
  name = `${ada.alias}/tool`;
  await client.pushBlob(name, 'a layer');
});
afterAll(() => vitrine.close());

/** Sends a head and the given part of its body. */
async function begin(method: string, path: string, headers: string[], body = ''): Promise<SlowSocket> {
  const raw = await openSlowSocket(vitrine.url);
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: x', `Authorization: ${basic(ada.token)}`, ...headers];
  raw.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return raw;
}

test('a slow push continues for as long as it takes', async () => {
  const piece = 'a piece of forty bytes, again and again.';
  const times = 60;
  const location = await client.startUpload(name);
  const push = await begin('PATCH', location, [`Content-Length: ${piece.length * times}`]);
  expect(await push.drip(piece, 40, times)).toBe(true);
  await expect.poll(push.received).toMatch(/^HTTP\/1\.1 202 /);
  push.socket.destroy();
  const digest = sha256(piece.repeat(times));
  expect((await client.send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
});

test.each([
  ['with a length', 'Content-Length: 200000', (part: string) => part],
  ['in chunks', 'Transfer-Encoding: chunked', (part: string) => `${part.length.toString(16)}\r\n${part}\r\n`],
])('a stalled push %s ends with 408, and can be resumed', async (_how, header, frame) => {
  const bytes = randomBytes(200_000);
  const location = await client.startUpload(name);
  const push = await begin('PATCH', location, [header], frame(bytes.subarray(0, 120_000).toString('latin1')));
  await push.closed;
  expect(push.received()).toMatch(/^HTTP\/1\.1 408 /);
  expect(push.received()).toContain('"code":"BLOB_UPLOAD_INVALID"');
  await expect.poll(async () => (await client.send('GET', location)).headers.range).toBe('0-119999');
  const rest = { headers: { 'content-range': '120000-199999' }, body: bytes.subarray(120_000) };
  expect((await client.send('PATCH', location, rest)).status).toBe(202);
  expect((await client.send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
  expect((await client.send('GET', `/v2/${name}/blobs/${sha256(bytes)}`)).body.equals(bytes)).toBe(true);
});

test('a stalled manifest or single-POST blob leaves nothing behind', async () => {
  const before = await readStoredState(vitrine.app);
  const length = 'Content-Length: 1000';
  const pushes = await Promise.all([
    begin('PUT', `/v2/${name}/manifests/v1`, [length, `Content-Type: ${OCI_IMAGE_INDEX}`], '{'),
    begin('POST', `/v2/${name}/blobs/uploads/?digest=${sha256('x')}`, [length], 'x'),
  ]);
  for (const { closed, received } of pushes) {
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  }
  await expect.poll(() => readStoredState(vitrine.app)).toEqual(before);
});

test('a refused request whose body stalls gets one response', async () => {
  const refused = await begin('PUT', `/v2/${name}/manifests/..`, ['Content-Length: 1000'], '{');
  await refused.closed;
  expect(refused.received()).toMatch(/^HTTP\/1\.1 408 /);
  expect(refused.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect((await client.send('GET', `/v2/${name}/tags/list`)).status).toBe(200);
});

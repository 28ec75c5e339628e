// Two Apps on one database and one DATA_DIR stand for two replicas of a site.
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { openSlowSocket, type SlowSocket } from '#lib/testing/servers/slow-socket.ts';
import { writeUpload } from './write-upload.ts';

const PIECE = 1000;
const PIECES = 700;

let one: TestApp;
let two: TestApp;
let ada: TestUser;
let name: string;
let clients: [RawClient, RawClient];

beforeAll(async () => {
  one = await createTestApp();
  const { databaseUrl, dataDir } = one.app.config;
  two = await createTestApp({ DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir });
  ada = await one.createUser();
  name = `${ada.alias}/tool`;
  clients = [createRawClient(one.url, basic(ada.token)), createRawClient(two.url, basic(ada.token))];
});
afterAll(async () => {
  await two.close();
  await one.close();
});

/** Announces PIECE × PIECES bytes, which the test sends slowly. */
async function begin(method: string, { url }: TestApp, location: string): Promise<SlowSocket> {
  const socket = await openSlowSocket(url);
  const headers = `Host: x\r\nAuthorization: ${basic(ada.token)}\r\nContent-Length: ${PIECE * PIECES}`;
  socket.write(`${method} ${location} HTTP/1.1\r\n${headers}\r\n\r\n`);
  return socket;
}
const beginPatch = (site: TestApp, location: string) => begin('PATCH', site, location);
const beginPut = (site: TestApp, location: string) => begin('PUT', site, location);

const text = (char: string) => char.repeat(PIECE);

test('chunks of one upload may go to either replica', async () => {
  const location = await clients[0].startUpload(name);
  const bytes = randomBytes(600_000);
  for (let at = 0, i = 1; at < bytes.length; at += 100_000, i += 1) {
    const headers = { 'content-range': `${at}-${at + 99_999}` };
    const answer = await clients[i % 2 === 0 ? 0 : 1].send('PATCH', location, {
      headers,
      body: bytes.subarray(at, at + 100_000),
    });
    expect(answer).toMatchObject({ status: 202, headers: { range: `0-${at + 99_999}` } });
  }
  expect((await clients[0].send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
  expect((await clients[1].send('GET', `/v2/${name}/blobs/${sha256(bytes)}`)).body.equals(bytes)).toBe(true);
});

test('of two concurrent writers to one upload, one is refused, and a good blob stays good', async () => {
  const good = 'g'.repeat(PIECE * PIECES);
  const digest = await clients[0].pushBlob(`${ada.alias}/other`, good);
  const location = await clients[0].startUpload(name);
  const [first, second] = [await beginPatch(one, location), await beginPatch(two, location)];
  await Promise.all([first.drip(text('g'), 1, PIECES), second.drip(text('x'), 1, PIECES)]);
  await expect.poll(() => first.received() !== '' && second.received() !== '').toBe(true);
  const statuses = [first, second].map(({ received }) => received().slice(9, 12)).sort();
  expect(statuses).toEqual(['202', '416']);
  for (const client of clients) await client.send('PUT', `${location}?digest=${digest}`);
  const { body } = await clients[1].send('GET', `/v2/${ada.alias}/other/blobs/${digest}`);
  expect(body.toString() === good).toBe(true);
});

/**
 * Starts a writer and expires its lease after some bytes were written. A paused process or a slow database has this
 * effect.
 */
async function giveUp(request: (location: string) => Promise<SlowSocket>) {
  const location = await clients[0].startUpload(name);
  const id = location.split('/').at(-1) ?? '';
  // Small blobs that one request brings have no row to lease.
  expect((await clients[0].send('PATCH', location, { body: 'a' })).status).toBe(202);
  const stuck = await request(location);
  // Enough bytes for a flush, so that some of them are in the file.
  expect(await stuck.drip(text('a'), 1, 300)).toBe(true);
  const offset = async () => Number((await clients[1].send('GET', location)).headers.range?.slice(2)) + 1;
  await expect.poll(offset).toBeGreaterThan(1);
  const begun = await offset();
  await one.app.db.upload.update({ where: { id }, data: { leasedUntil: new Date(Date.now() - 1000) } });
  const goOn = () => {
    const headers = { 'content-range': `${begun}-${begun + 4999}` };
    return clients[1].send('PATCH', location, { headers, body: 'b'.repeat(5000) });
  };
  return { location, stuck, goOn, digest: sha256('a'.repeat(begun) + 'b'.repeat(5000)) };
}

test('a writer that lost its lease but is still alive cannot damage the upload', async () => {
  const { location, stuck, goOn, digest } = await giveUp((to) => beginPatch(one, to));
  expect((await goOn()).status).toBe(202);
  expect(await stuck.drip(text('a'), 1, 300)).toBe(true);
  expect((await clients[1].send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
  await stuck.drip(text('a'), 1, PIECES - 600);
  await expect.poll(() => stuck.received().slice(9, 12)).toBe('404');
  const { body } = await clients[1].send('GET', `/v2/${name}/blobs/${digest}`);
  expect(sha256(body)).toBe(digest);
});

test('it gets the current range of the upload that was taken over', async () => {
  const { stuck, goOn } = await giveUp((to) => beginPatch(one, to));
  const { status, headers } = await goOn();
  expect(status).toBe(202);
  await stuck.drip(text('a'), 1, PIECES - 300);
  await expect.poll(stuck.received).toMatch(/^HTTP\/1\.1 416 /);
  expect(stuck.received()).toContain(`\r\nRange: ${headers.range}\r\n`);
});

test('nor can it after a failed takeover', async () => {
  const { location, stuck, goOn, digest } = await giveUp((to) => beginPatch(one, to));
  // A disk that is full only for a moment can't be simulated.
  vi.spyOn(two.app.intake, 'takeOver').mockRejectedValueOnce(new AppError('storage_full', 'full'));
  expect((await goOn()).status).toBe(507);
  expect((await goOn()).status).toBe(202);
  expect(await stuck.drip(text('a'), 1, 300)).toBe(true);
  expect((await clients[1].send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
});

test('its failure does not discard the upload that was taken over', async () => {
  const { location, stuck, goOn, digest } = await giveUp((to) => beginPut(one, `${to}?digest=${sha256('other')}`));
  expect((await goOn()).status).toBe(202);
  expect(await stuck.drip(text('a'), 1, PIECES - 300)).toBe(true);
  await expect.poll(() => stuck.received().slice(9, 12)).toBe('400');
  expect((await clients[1].send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
});

test('a waiting writer does not append to an upload that was taken over meanwhile', async () => {
  const location = await clients[0].startUpload(name);
  const uploadId = location.split('/').at(-1) ?? '';
  await clients[0].send('PATCH', location, { body: 'x' });
  const { repositoryId } = await one.app.db.upload.findUniqueOrThrow({ where: { id: uploadId } });
  await one.app.db.upload.update({ where: { id: uploadId }, data: { leasedUntil: new Date(Date.now() + 500) } });
  const { userId } = ada.caller.principal;
  const write = {
    uploadId,
    userId,
    repositoryId,
    stagedId: randomUUID(),
    lease: null,
    body: Readable.from(['x']),
    isPlaced: false,
  };
  const written = writeUpload(one.app, write, () => Promise.resolve('written'));
  await expect(written).rejects.toMatchObject({ code: 'range_invalid' });
});

test('an upload whose writer died can be resumed once its lease has expired', async () => {
  const location = await clients[0].startUpload(name);
  const id = location.split('/').at(-1) ?? '';
  expect((await clients[0].send('PATCH', location, { body: 'begun ' })).status).toBe(202);
  const leasedUntil = new Date(Date.now() + 1000);
  await one.app.db.upload.update({ where: { id }, data: { leasedUntil, fence: 7 } });
  const headers = { 'content-range': '6-10' };
  expect((await clients[1].send('PATCH', location, { headers, body: 'ended' })).status).toBe(202);
  expect(new Date() > leasedUntil).toBe(true);
  expect((await clients[0].send('PUT', `${location}?digest=${sha256('begun ended')}`)).status).toBe(201);
});

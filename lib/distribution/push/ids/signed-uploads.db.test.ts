// Uploads whose ids are signed, at two replicas: two Apps on one database and one DATA_DIR.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sendPartly, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { openSlowSocket } from '#lib/testing/servers/slow-socket.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';

const LIMITS = { UPLOADS_PER_USER: '4', UPLOADS_PER_REPOSITORY: '3' };
const UNKNOWN = { status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] };

let one: TestApp;
let two: TestApp;
let ada: TestUser;
let name: string;
let first: RawClient;
let second: RawClient;

beforeAll(async () => {
  // Statements that write counts in the background would be among those of requests.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  one = await createTestApp(LIMITS);
  vi.useRealTimers();
  const { databaseUrl, dataDir } = one.app.config;
  two = await createTestApp({ ...LIMITS, DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir });
  ada = await one.createUser();
  name = `${ada.alias}/tool`;
  [first, second] = [createRawClient(one.url, basic(ada.token)), createRawClient(two.url, basic(ada.token))];
  await first.pushBlob(name, 'so that the repository is there');
});
afterAll(async () => {
  await two.close();
  await one.close();
});

const idOf = (location: string) => location.split('/').at(-1) ?? '';
const rowOf = (location: string) => one.app.db.upload.findUnique({ where: { id: idOf(location) } });

/** Runs `work` and returns the statements that the first replica ran. */
async function listStatements(work: () => Promise<unknown>): Promise<string[]> {
  // Once a second, a request reads the site's settings.
  const settings = await one.app.siteSettings.read();
  const readSettings = vi.spyOn(one.app.siteSettings, 'read').mockResolvedValue(settings);
  const query = vi.spyOn(one.app.pool, 'query');
  const connect = vi.spyOn(one.app.pool, 'connect');
  await work();
  const statements = (query.mock.calls as unknown as [{ name: string }][]).map(([{ name }]) => name);
  // A transaction would connect by itself.
  expect(connect).toHaveBeenCalledTimes(statements.length);
  query.mockRestore();
  connect.mockRestore();
  readSettings.mockRestore();
  return statements;
}

async function askToken(): Promise<string> {
  const answer = await first.send('GET', `/token?scope=repository:${name}:pull,push`);
  return (JSON.parse(answer.body.toString()) as { token: string }).token;
}

test('a POST writes nothing, and a small blob takes one transaction', async () => {
  const before = await readStoredState(one.app);
  const client = createRawClient(one.url, `Bearer ${await askToken()}`);
  let location = '';
  const started = await listStatements(async () => (location = await client.startUpload(name)));
  expect(started).toEqual(['find-standing']);
  expect(await readStoredState(one.app)).toEqual(before);

  const bytes = randomBytes(1000);
  const put = () => client.send('PUT', `${location}?digest=${sha256(bytes)}`, { body: bytes });
  expect(await listStatements(put)).toEqual(['find-standing-and-upload', 'link-blob']);
  const { blobs = 0, links = 0, blobFiles = 0 } = before;
  const stored = { blobs: blobs + 1, links: links + 1, blobFiles: blobFiles + 1 };
  expect(await readStoredState(one.app)).toEqual({ ...before, ...stored });
  expect(await first.send('GET', location)).toMatchObject(UNKNOWN);
});

test('either replica accepts an upload that the other one started', async () => {
  const bytes = randomBytes(3000);
  const whole = await first.startUpload(name);
  expect(await second.send('GET', whole)).toMatchObject({ status: 204, headers: { range: '0-0', location: whole } });
  expect((await second.send('PUT', `${whole}?digest=${sha256(bytes)}`, { body: bytes })).status).toBe(201);

  const chunked = await first.startUpload(name);
  expect((await second.send('PATCH', chunked, { body: bytes.subarray(0, 2000) })).status).toBe(202);
  expect(await first.send('GET', chunked)).toMatchObject({ status: 204, headers: { range: '0-1999' } });
  const rest = { body: bytes.subarray(2000) };
  expect((await first.send('PUT', `${chunked}?digest=${sha256(bytes)}`, rest)).status).toBe(201);
});

test.each(['GET', 'PATCH', 'PUT', 'DELETE'])(
  '%s of a forged, foreign or expired upload finds nothing',
  async (method) => {
    const before = await readStoredState(one.app);
    const eve = await one.createUser();
    const { userId } = ada.caller.principal;
    const repository = await one.app.db.repository.findFirstOrThrow({ where: { name: 'tool' } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 25 * 3_600_000 });
    const expired = one.app.uploadIds.issue({ repositoryId: repository.id, userId });
    vi.useRealTimers();
    const issued = one.app.uploadIds.issue({ repositoryId: repository.id, userId });
    const ids = {
      random: randomUUID(),
      altered: `${issued.slice(0, -1)}${issued.endsWith('0') ? '1' : '0'}`,
      ofAnotherUser: one.app.uploadIds.issue({ repositoryId: repository.id, userId: eve.caller.principal.userId }),
      ofAnotherRepository: one.app.uploadIds.issue({ repositoryId: repository.id + 1n, userId }),
      expired,
    };
    for (const [what, id] of Object.entries(ids)) {
      const path = `/v2/${name}/blobs/uploads/${id}${method === 'PUT' ? `?digest=${sha256('x')}` : ''}`;
      for (const client of [first, second]) {
        const { status, codes } = await client.send(
          method,
          path,
          ['GET', 'DELETE'].includes(method) ? {} : { body: 'x' },
        );
        expect({ what, status, codes }).toEqual({ what, ...UNKNOWN });
      }
    }
    expect(await readStoredState(one.app)).toEqual({ ...before, auditEvents: expect.any(Number) as number });
  },
);

test('an upload that has ended stays ended on both replicas', async () => {
  const finished = await first.startUpload(name);
  await first.send('PATCH', finished, { body: 'abc' });
  expect((await second.send('PUT', `${finished}?digest=${sha256('abc')}`)).status).toBe(201);
  const cancelled = await first.startUpload(name);
  await first.send('PATCH', cancelled, { body: 'abc' });
  expect((await second.send('DELETE', cancelled)).status).toBe(204);
  const refused = await first.startUpload(name);
  await first.send('PATCH', refused, { body: 'abc' });
  expect((await second.send('PUT', `${refused}?digest=${sha256('other')}`)).status).toBe(400);
  for (const location of [finished, cancelled, refused]) {
    for (const client of [first, second]) {
      expect(await client.send('GET', location)).toMatchObject(UNKNOWN);
      expect(await client.send('PATCH', location, { body: 'abc' })).toMatchObject(UNKNOWN);
      const put = await client.send('PUT', `${location}?digest=${sha256('abc')}`, { body: 'abc' });
      expect(put).toMatchObject(UNKNOWN);
    }
  }
});

test('a PUT that broke off can be resumed at another replica', async () => {
  const bytes = randomBytes(300_000);
  const location = await first.startUpload(name);
  await sendPartly(one.url, {
    method: 'PUT',
    path: `${location}?digest=${sha256(bytes)}`,
    authorization: basic(ada.token),
    lengthBytes: bytes.length,
    body: bytes.subarray(0, 200_000),
  });
  await expect.poll(async () => (await second.send('GET', location)).headers.range).toBe('0-199999');
  expect(await rowOf(location)).toMatchObject({ offsetBytes: 200_000n, leasedUntil: null });
  const headers = { 'content-range': '200000-299999' };
  const rest = { headers, body: bytes.subarray(200_000) };
  expect((await second.send('PUT', `${location}?digest=${sha256(bytes)}`, rest)).status).toBe(201);
});

test('of two first chunks at two replicas, one is refused or appended, and no bytes mix', async () => {
  for (let i = 0; i < 5; i += 1) {
    const location = await first.startUpload(name);
    const chunk = (char: string) => ({ headers: { 'content-range': '0-49999' }, body: char.repeat(50_000) });
    const answers = await Promise.all([
      first.send('PATCH', location, chunk('a')),
      second.send('PATCH', location, chunk('b')),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 416]);
    const winner = answers[0].status === 202 ? 'a' : 'b';
    const digest = sha256(winner.repeat(50_000));
    expect((await first.send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
  }
});

test('blobs received at once count towards the limits', async () => {
  const sockets = [];
  for (let i = 0; i < 3; i += 1) {
    const socket = await openSlowSocket(one.url);
    const head = `PUT ${await first.startUpload(name)}?digest=${sha256('x')} HTTP/1.1\r\nHost: x\r\n`;
    socket.write(`${head}Authorization: ${basic(ada.token)}\r\nContent-Length: 1000\r\n\r\nx`);
    sockets.push(socket);
  }
  await expect.poll(async () => (await readStoredState(one.app)).stagedFiles).toBeGreaterThanOrEqual(3);
  const digest = sha256('y');
  const put = () => first.startUpload(name).then((to) => first.send('PUT', `${to}?digest=${digest}`, { body: 'y' }));
  expect(await put()).toMatchObject({ status: 429, codes: ['TOOMANYREQUESTS'], headers: { 'retry-after': '60' } });
  for (const { socket } of sockets) socket.destroy();
  // They broke off, so they are now open uploads with rows.
  await expect.poll(() => one.app.db.upload.count()).toBe(3);
  expect((await put()).status).toBe(201);
  const chunk = await first.send('PATCH', await first.startUpload(name), { body: 'z' });
  expect(chunk).toMatchObject({ status: 429, codes: ['TOOMANYREQUESTS'] });
  await one.app.db.upload.deleteMany();
});

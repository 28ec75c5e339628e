// What clients see while PostgreSQL fails, and that nothing acknowledged is lost.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { cloneDatabase, createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient, sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { startTcpFaultProxy, type TcpFaultProxy } from '#lib/testing/tcp-fault-proxy.ts';
import { verifyStore } from './verify-store.ts';

const POOL_SIZE = 6;
const LATENCY_MS = 2_000;
/** Of a request that needs the database. */
const DEADLINE_MS = 30_000;
/** Of one that doesn't. */
const CACHED_MS = 500;
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

let proxy: TcpFaultProxy;
let site: TestApp;
let ada: TestUser;
let client: RawClient;
/** With the token that any client gets. */
let anyone: RawClient;
let name: string;

beforeAll(async () => {
  const databaseUrl = await cloneDatabase(inject('templateUrl'));
  proxy = await startTcpFaultProxy(Number(new URL(databaseUrl).port));
  const settings = { DATABASE_URL: proxy.through(databaseUrl), DATABASE_POOL_SIZE: String(POOL_SIZE) };
  site = await createTestApp({ ...settings, PULLS_PER_HOUR: '0', LOG_LEVEL: 'silent' });
  ada = await site.createUser();
  name = `${ada.alias}/tool`;
  client = createRawClient(site.url, basic(ada.token));
  await pushImage('warm', newImage());
  anyone = createRawClient(site.url, `Bearer ${await fetchToken()}`);
});
afterEach(async () => {
  await proxy.heal();
  await expect.poll(async () => (await pull('warm')).status, { timeout: 20_000 }).toBe(200);
});
afterAll(async () => {
  await site.close();
  await proxy.close();
});

async function fetchToken(): Promise<string> {
  const answer = await createRawClient(site.url).send(
    'GET',
    `/token?service=${site.app.config.publicHost}&scope=repository:${name}:pull`,
  );
  return (JSON.parse(answer.body.toString()) as { token: string }).token;
}

function newImage(): BuiltManifest {
  const config = blobOf(CONFIG_TYPE, `{"os":"linux","n":"${randomBytes(9).toString('hex')}"}`);
  return buildManifest({ config, layers: [blobOf(LAYER_TYPE, randomBytes(20_000))] });
}

const pull = (reference: string, by = anyone) => by.send('GET', `/v2/${name}/manifests/${reference}`);
const pullBlob = (digest: string) => anyone.send('GET', `/v2/${name}/blobs/${digest}`);

/** Returns the last answer, which is a failed one if a step failed. */
async function pushImage(tag: string, image: BuiltManifest): Promise<Answer> {
  for (const { digest, bytes } of image.blobs) {
    const answer = await client.send('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: bytes });
    if (answer.status !== 201) return answer;
  }
  const headers = { 'content-type': image.mediaType };
  return client.send('PUT', `/v2/${name}/manifests/${tag}`, { headers, body: image.bytes });
}

async function isWhole(tag: string, image: BuiltManifest): Promise<boolean> {
  const blobs = await Promise.all(
    image.blobs.map(async ({ digest }) => sha256((await pullBlob(digest)).body) === digest),
  );
  return (await pull(tag)).body.equals(image.bytes) && blobs.every(Boolean);
}

async function timed<Result>(work: Promise<Result>): Promise<{ result: Result; ms: number }> {
  const startedAt = performance.now();
  return { result: await work, ms: performance.now() - startedAt };
}

function expectRefusal(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
}

/** Lets the cache learn, and prove that it is current. */
async function warmUp(tag: string, image: BuiltManifest): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    expect(await isWhole(tag, image)).toBe(true);
    await sleep(100);
  }
}

test('while the database is away, public images are pulled from memory, and all else answers 503 at once', async () => {
  const image = newImage();
  await pushImage('away', image);
  const cold = newImage();
  await pushImage('cold', cold);
  await warmUp('away', image);
  const during = Array.from({ length: 40 }, (_, i) => sleep(i * 10).then(() => isWhole('away', image)));
  await sleep(200);
  await proxy.refuse();
  expect(await Promise.all(during)).not.toContain(false);
  // Longer than a cache may lag behind otherwise.
  await sleep(1_500);
  const whole = await timed(isWhole('away', image));
  expect(whole.result).toBe(true);
  expect(whole.ms).toBeLessThan(CACHED_MS);
  expect((await timed(fetchToken())).result).toMatch(/^ey/);
  for (const request of [pull('cold'), pull('away', client), pushImage('refused', newImage())]) {
    const { result, ms } = await timed(request);
    expectRefusal(result);
    expect(ms).toBeLessThan(2_000);
  }
  await proxy.heal();
  await expect.poll(async () => (await pull('cold')).status, { timeout: 10_000 }).toBe(200);
  expect((await pull('refused')).status).toBe(404);
});

test('an image that was pushed just before the database went away isn’t hidden by the one before', async () => {
  const [before, after] = [newImage(), newImage()];
  await pushImage('moved', before);
  await warmUp('moved', before);
  expect((await pushImage('moved', after)).status).toBe(201);
  await proxy.refuse();
  for (let i = 0; i < 10; i += 1) {
    const answer = await pull('moved');
    if (answer.status === 200) expect(answer.body.equals(after.bytes)).toBe(true);
    else expectRefusal(answer);
    await sleep(100);
  }
});

test('a repository that was made private just before the database went away stays private', async () => {
  const image = newImage();
  await pushImage('closed', image);
  await warmUp('closed', image);
  const { id } = await site.app.db.repository.findFirstOrThrow({ where: { name: 'tool' } });
  await site.app.db.repository.update({ where: { id }, data: { visibility: 'private' } });
  await proxy.refuse();
  expectRefusal(await pull('closed'));
  await proxy.heal();
  await expect
    .poll(() =>
      site.app.db.repository.update({ where: { id }, data: { visibility: 'public' } }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
});

test('resets during pushes refuse some with 503, lose none that was acknowledged, and end with the fault', async () => {
  const images = Array.from({ length: 30 }, newImage);
  const answers = Promise.all(images.map((image, i) => sleep(i * 20).then(() => pushImage(`reset-${i}`, image))));
  for (let i = 0; i < 8; i += 1) {
    await sleep(90);
    proxy.reset();
  }
  const refused = (await answers).filter(({ status }) => status !== 201);
  for (const answer of refused) expectRefusal(answer);
  expect(refused.length).toBeGreaterThan(0);
  for (const [i, { status }] of (await answers).entries()) {
    const image = images[i] as BuiltManifest;
    if (status === 201) expect(await isWhole(`reset-${i}`, image)).toBe(true);
    else expect((await pushImage(`reset-${i}`, image)).status).toBe(201);
  }
  expect(await verifyStore(site.app)).toMatchObject({ missing: 0, wrongSize: 0, unlinked: 0 });
});

test('when each answer takes two seconds longer, cached images come at once, and the rest within the deadline', async () => {
  const image = newImage();
  await pushImage('slow', image);
  await warmUp('slow', image);
  proxy.delay(LATENCY_MS);
  const pushed = timed(client.pushBlob(name, randomBytes(1_000)));
  const uncached = timed(pull('warm', client));
  // The first requests after the change wait until the database is known to be slow.
  const early = [];
  for (let i = 0; i < 4; i += 1) {
    early.push(timed(pull('slow')));
    await sleep(600);
  }
  for (let i = 0; i < 5; i += 1) {
    const { result, ms } = await timed(isWhole('slow', image));
    expect(result).toBe(true);
    expect(ms).toBeLessThan(CACHED_MS);
    await sleep(500);
  }
  expect((await pushed).ms).toBeLessThan(DEADLINE_MS);
  for (const { result, ms } of await Promise.all([uncached, ...early])) {
    expect(result.status).toBe(200);
    expect(ms).toBeLessThan(DEADLINE_MS);
  }
}, 60_000);

test('without a free connection, requests are refused after a bounded wait, and cached images are still pulled', async () => {
  const image = newImage();
  await pushImage('busy', image);
  await warmUp('busy', image);
  const held = await Promise.all(Array.from({ length: POOL_SIZE }, () => site.app.pool.connect()));
  const asked = timed(pushImage('never', newImage()));
  const queued = Array.from({ length: 2_100 }, () =>
    site.app.pool.query('SELECT 1').then(
      () => null,
      (error: Error) => error.message,
    ),
  );
  expect((await timed(isWhole('busy', image))).ms).toBeLessThan(CACHED_MS);
  const { result, ms } = await asked;
  expectRefusal(result);
  expect(ms).toBeLessThan(DEADLINE_MS / 2);
  expect(
    (await Promise.all(queued)).filter((message) => message?.includes('too many requests wait')).length,
  ).toBeGreaterThan(50);
  for (const connection of held) connection.release();
  expect((await pushImage('again', newImage())).status).toBe(201);
}, 30_000);

test('a clock that jumps an hour reorders no tags and ends no uploads', async () => {
  const jump = (hours: number) => vi.useFakeTimers({ now: Date.now() + hours * 3_600_000, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const [first, second] = [newImage(), newImage()];
  const bytes = randomBytes(2_000);
  const location = await client.startUpload(name);
  expect((await client.send('PATCH', location, { body: bytes.subarray(0, 1_000) })).status).toBe(202);
  jump(1);
  expect((await client.send('PATCH', location, { body: bytes.subarray(1_000) })).status).toBe(202);
  expect((await client.send('PUT', `${location}?digest=${sha256(bytes)}`)).status).toBe(201);
  expect((await pushImage('clock', first)).status).toBe(201);
  jump(-2);
  expect((await pushImage('clock', second)).status).toBe(201);
  expect((await pull('clock', client)).body.equals(second.bytes)).toBe(true);
  const events = await site.app.db.tagEvent.findMany({ where: { tag: 'clock' }, orderBy: { at: 'asc' } });
  expect(events.map(({ toDigest }) => toDigest)).toEqual([first.digest, second.digest]);
});

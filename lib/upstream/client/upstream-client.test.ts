// The client against a registry that misbehaves, over real sockets: answers, errors, breaker, limits.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { AppError } from '#lib/platform/errors.ts';
import { buildImage, blobOf, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import {
  addressOf,
  createTestUpstreamClient,
  metadata,
  readAll,
} from '#lib/testing/servers/create-test-upstream-client.ts';
import { startFaultUpstream, type FaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import type { Faults } from '#lib/testing/servers/upstream-faults.ts';
import type { UpstreamClient } from './upstream-client.ts';

let upstream: FaultUpstream;
let client: UpstreamClient;
let image: BuiltManifest;
let nowMs: number;
const clock = () => nowMs;

beforeEach(async () => {
  nowMs = Date.parse('2024-05-01T10:00:00Z');
  upstream = await startFaultUpstream();
  client = createTestUpstreamClient({ clock });
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2024-05-01T10:00:00Z',
    layers: [[{ path: 'etc/motd', content: 'hello' }]],
  });
  upstream.content.add('acme/app', image, 'latest');
});
afterEach(async () => {
  await client.close();
  await upstream.close();
});

const ask = (more: Parameters<typeof metadata>[0] = {}) => client.request(addressOf(upstream), metadata(more));
const failureOf = async (more: Parameters<typeof metadata>[0] = {}): Promise<AppError> =>
  (await ask(more).then(
    () => null,
    (error: unknown) => error,
  )) as AppError;

describe('an answer', () => {
  it('has the bytes, the headers, and asks as a registry client does', async () => {
    const { status, headers, body } = await ask({ accept: ['application/a', 'application/b'] });
    expect([status, headers['docker-content-digest']]).toEqual([200, image.digest]);
    expect(await readAll(body)).toEqual(image.bytes);
    expect(upstream.requests[0]).toMatchObject({
      path: '/v2/acme/app/manifests/latest',
      headers: { accept: 'application/a, application/b', 'accept-encoding': 'identity', host: upstream.host },
    });
  });

  it('can be 404, 206 to a Range, 304 to a condition', async () => {
    expect((await ask({ path: 'manifests/nothing' })).status).toBe(404);
    const part = await ask({ path: `blobs/${image.blobs[0]?.digest}`, headers: { Range: 'bytes=1-3' }, kind: 'blob' });
    expect([part.status, (await readAll(part.body)).length]).toEqual([206, 3]);
    const same = await ask({ headers: { 'if-none-match': `"${image.digest}"` } });
    expect([same.status, (await readAll(same.body)).length]).toEqual([304, 0]);
  });

  it('to HEAD has no body; 400 and 405 are for the caller', async () => {
    const head = await ask({ method: 'HEAD' });
    expect([head.status, head.headers['content-length']]).toEqual([200, String(image.bytes.length)]);
    expect((await readAll(head.body)).length).toBe(0);
    for (const status of [400, 405]) {
      upstream.misbehave({ status }, { times: 1 });
      expect((await ask({ method: 'HEAD' })).status).toBe(status);
      upstream.misbehave({ status }, { times: 1 });
      expect(await failureOf()).toMatchObject({ code: 'upstream_invalid' });
    }
  });

  it.each<[string, Faults]>([
    ['206 without Range', { status: 206 }],
    ['304 without a condition', { status: 304 }],
    ['201', { status: 201 }],
    ['300', { status: 300 }],
    ['410', { status: 410 }],
    ['packed content', { headers: { 'content-encoding': 'gzip' } }],
    ['content packed for the way', { isChunked: true, headers: { 'transfer-encoding': 'gzip, chunked' } }],
    ['far too many headers', { headers: { 'x-large': 'x'.repeat(40_000) } }],
  ])('that breaks the protocol is refused: %s', async (_what, faults) => {
    upstream.misbehave(faults);
    expect(await failureOf()).toMatchObject({ code: 'upstream_invalid' });
  });

  it('in chunks has no length, and all its bytes', async () => {
    upstream.misbehave({ isChunked: true });
    const { headers, body } = await ask();
    expect(headers['content-length']).toBeUndefined();
    expect(await readAll(body)).toEqual(image.bytes);
  });

  it('never comes for what is no path of that repository', async () => {
    for (const path of ['../../x/manifests/latest', 'manifests/a b', 'manifests/latest#x', 'manifests/%2e%2e/x']) {
      expect(await failureOf({ path })).toMatchObject({ code: expect.stringMatching(/invalid/) as string });
    }
    expect(await failureOf({ repository: '../app' })).toMatchObject({ code: 'name_invalid' });
    expect(upstream.requests.every(({ path }) => path.startsWith('/v2/acme/app/'))).toBe(true);
  });
});

describe('an upstream that fails', () => {
  test.each([
    ['answers 500', { status: 500 }, /answered 500. Try again in 10 seconds.$/],
    ['hangs up', { hangsUp: true }, /broke the connection off \(ECONNRESET\)/],
    ['says nothing', { delayMs: 1_500 }, /took too long to answer/],
  ] as const)('%s: unavailable', async (_what, faults, sentence) => {
    upstream.misbehave(faults);
    const error = await failureOf();
    expect(error).toMatchObject({ code: 'upstream_unavailable', retryAfterSeconds: 10 });
    expect(error.message).toMatch(sentence);
    expect(error.message).toContain(upstream.host);
  });

  it('takes the connection and never gets to TLS: unavailable', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const own = createTestUpstreamClient({ timeouts: { connectMs: 100 } });
    const address = addressOf({ host: `127.0.0.1:${port}` }, { isPlainHttp: false });
    await expect(own.request(address, metadata())).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: `127.0.0.1:${port} took too long to connect. Try again in 10 seconds.`,
    });
    await own.close();
    silent.close();
  });

  it('says when to come back', async () => {
    upstream.misbehave({ status: 503, headers: { 'retry-after': '33' } });
    expect(await failureOf()).toMatchObject({ code: 'upstream_unavailable', retryAfterSeconds: 33 });
  });

  it('is left alone after some failures, and found again', async () => {
    await upstream.stopListening();
    for (let times = 0; times < 5; times += 1) {
      nowMs += 1;
      expect((await failureOf()).message).toContain("can't be reached from here");
    }
    const { brokenUntil } = client.state(addressOf(upstream));
    expect(brokenUntil?.getTime()).toBeGreaterThan(nowMs);
    const refusal = await failureOf();
    expect(refusal).toMatchObject({ code: 'upstream_unavailable' });
    expect(refusal.message).toContain('left alone');
    await upstream.listenAgain();
    nowMs += 3_000;
    expect((await ask()).status).toBe(200);
    expect(client.state(addressOf(upstream)).brokenUntil).toBeNull();
  });

  it('with 429 is left alone as long as it said; another upstream of the same host is not', async () => {
    upstream.misbehave({ status: 429, headers: { 'retry-after': '120' } }, { times: 1 });
    const limited = { code: 'upstream_rate_limited', retryAfterSeconds: 120 };
    expect(await failureOf()).toMatchObject({ ...limited, message: expect.stringMatching(/in 2 minutes/) as string });
    expect(await failureOf()).toMatchObject(limited);
    expect(upstream.requests).toHaveLength(1);
    expect(client.state(addressOf(upstream)).brokenUntil).toEqual(new Date(nowMs + 120_000));
    expect((await client.request(addressOf(upstream, { id: 2n }), metadata())).status).toBe(200);
    // Whoever got the manifest in time gets its blobs.
    expect((await ask({ path: `blobs/${image.blobs[0]?.digest}`, kind: 'blob' })).status).toBe(200);
    nowMs += 121_000;
    expect((await ask()).status).toBe(200);
  });

  it.each([
    [undefined, 60],
    ['Wed, 01 May 2024 10:00:30 GMT', 30],
    ['99999999', 3_600],
  ])('with 429 and Retry-After %s waits %s seconds', async (header, seconds) => {
    upstream.misbehave({ status: 429, headers: header === undefined ? {} : { 'retry-after': header } });
    expect(await failureOf()).toMatchObject({ code: 'upstream_rate_limited', retryAfterSeconds: seconds });
  });

  it('has no address', async () => {
    const error: unknown = await client
      .request(addressOf({ host: 'nothing.invalid' }), metadata())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'upstream_unavailable' });
  });
});

describe('the number of requests', () => {
  it('that are left at Docker Hub is remembered', async () => {
    expect(client.state(addressOf(upstream)).rateLimit).toBeNull();
    upstream.misbehave({ headers: { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' } });
    await ask({ method: 'HEAD' });
    const rateLimit = { limit: 100, remaining: 76, windowSeconds: 21_600, seenAt: new Date(nowMs) };
    expect(client.state(addressOf(upstream)).rateLimit).toEqual(rateLimit);
  });

  it('at once is capped for each host; checks do not wait for downloads', async () => {
    const blob = blobOf('application/octet-stream', Buffer.alloc(100_000));
    upstream.content.addBlob('acme/app', blob);
    const stop = upstream.misbehave({ stallAfterBytes: 1_000 }, { when: /blobs/ });
    const download = { path: `blobs/${blob.digest}`, kind: 'blob' } as const;
    const stalled = await Promise.all(Array.from({ length: 4 }, () => ask(download)));
    const next = ask(download);
    expect((await ask()).status).toBe(200);
    expect(upstream.find(/blobs/)).toHaveLength(4);
    stop();
    stalled[0]?.body.destroy();
    expect((await readAll((await next).body)).length).toBe(100_000);
    for (const { body } of stalled) body.destroy();
  });

  it('that wait for a connection is bounded by time, which is not the fault of the upstream', async () => {
    const own = createTestUpstreamClient({ connectionsPerHost: 1, timeouts: { queueMs: 100, headersMs: 2_000 } });
    upstream.misbehave({ delayMs: 1_200 }, { times: 1 });
    const first = own.request(addressOf(upstream), metadata());
    for (let times = 0; times < 6; times += 1) {
      const error: unknown = await own.request(addressOf(upstream), metadata()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ message: expect.stringContaining('asked for too much') as string });
    }
    expect((await first).status).toBe(200);
    expect(own.state(addressOf(upstream)).brokenUntil).toBeNull();
    await own.close();
  });

  it('a second is even', async () => {
    const own = createTestUpstreamClient({ requestsPerSecond: 10 });
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: 14 }, () => own.request(addressOf(upstream), metadata({ method: 'HEAD' }))));
    expect(performance.now() - startedMs).toBeGreaterThan(350);
    await own.close();
  });
});

describe('an end', () => {
  it('by the caller, before the answer', async () => {
    upstream.misbehave({ delayMs: 400 });
    const reason = new Error('the client went away');
    const signal = AbortSignal.any([AbortSignal.abort(reason)]);
    await expect(ask({ signal })).rejects.toBe(reason);
    const later = new AbortController();
    const asked = ask({ signal: later.signal });
    setTimeout(() => later.abort(reason), 50);
    await expect(asked).rejects.toBe(reason);
    expect(client.state(addressOf(upstream)).brokenUntil).toBeNull();
  });

  it('of the client', async () => {
    upstream.misbehave({ delayMs: 400 });
    const asked = failureOf();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.close();
    expect(await asked).toMatchObject({ code: 'upstream_unavailable' });
    expect(await failureOf()).toMatchObject({ code: 'upstream_unavailable' });
  });

  it('of a kept connection, just when it is used again, is not noticed', async () => {
    await readAll((await ask()).body);
    upstream.misbehave({ hangsUp: true }, { times: 1 });
    expect((await ask()).status).toBe(200);
    expect(upstream.requests).toHaveLength(3);
  });
});

// Runs the client over real sockets against a misbehaving registry: responses, errors, breaker and limits.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { AppError } from '#lib/platform/errors.ts';
import { buildImage, blobOf, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import {
  addressOf,
  createTestUpstreamClient,
  upstreamMetadata,
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

const ask = (more: Parameters<typeof upstreamMetadata>[0] = {}) =>
  client.request(addressOf(upstream), upstreamMetadata(more));
const failureOf = async (more: Parameters<typeof upstreamMetadata>[0] = {}): Promise<AppError> =>
  (await ask(more).then(
    () => null,
    (error: unknown) => error,
  )) as AppError;

describe('a response', () => {
  it('has the bytes and headers, and the request is what a registry client sends', async () => {
    const { status, headers, body } = await ask({ accept: ['application/a', 'application/b'] });
    expect([status, headers['docker-content-digest']]).toEqual([200, image.digest]);
    expect(await readAll(body)).toEqual(image.bytes);
    expect(upstream.requests[0]).toMatchObject({
      path: '/v2/acme/app/manifests/latest',
      headers: { accept: 'application/a, application/b', 'accept-encoding': 'identity', host: upstream.host },
    });
  });

  it('can be a 404, a 206 to a Range or a 304 to a condition', async () => {
    expect((await ask({ path: 'manifests/nothing' })).status).toBe(404);
    const part = await ask({ path: `blobs/${image.blobs[0]?.digest}`, headers: { Range: 'bytes=1-3' }, kind: 'blob' });
    expect([part.status, (await readAll(part.body)).length]).toEqual([206, 3]);
    const same = await ask({ headers: { 'if-none-match': `"${image.digest}"` } });
    expect([same.status, (await readAll(same.body)).length]).toEqual([304, 0]);
  });

  it('to HEAD has no body, and the caller sees 400 and 405', async () => {
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
    ['compressed content', { headers: { 'content-encoding': 'gzip' } }],
    ['a compressed transfer', { isChunked: true, headers: { 'transfer-encoding': 'gzip, chunked' } }],
    ['far too many headers', { headers: { 'x-large': 'x'.repeat(40_000) } }],
  ])('that breaks the protocol is rejected: %s', async (_what, faults) => {
    upstream.misbehave(faults);
    expect(await failureOf()).toMatchObject({ code: 'upstream_invalid' });
  });

  it('in chunks has no length, but all its bytes', async () => {
    upstream.misbehave({ isChunked: true });
    const { headers, body } = await ask();
    expect(headers['content-length']).toBeUndefined();
    expect(await readAll(body)).toEqual(image.bytes);
  });

  it('is never requested for a path outside the repository', async () => {
    for (const path of ['../../x/manifests/latest', 'manifests/a b', 'manifests/latest#x', 'manifests/%2e%2e/x']) {
      expect(await failureOf({ path })).toMatchObject({ code: expect.stringMatching(/invalid/) as string });
    }
    expect(await failureOf({ repository: '../app' })).toMatchObject({ code: 'name_invalid' });
    expect(upstream.requests.every(({ path }) => path.startsWith('/v2/acme/app/'))).toBe(true);
  });
});

describe('a failing upstream', () => {
  test.each([
    ['answers 500', { status: 500 }, /answered 500. Try again in 10 seconds.$/],
    ['hangs up', { hangsUp: true }, /closed the connection \(ECONNRESET\)/],
    ['sends no response', { delayMs: 1_500 }, /took too long to answer/],
  ] as const)('%s: unavailable', async (_what, faults, sentence) => {
    upstream.misbehave(faults);
    const error = await failureOf();
    expect(error).toMatchObject({ code: 'upstream_unavailable', retryAfterSeconds: 10 });
    expect(error.message).toMatch(sentence);
    expect(error.message).toContain(upstream.host);
  });

  it('that accepts a connection but never starts TLS is unavailable', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const own = createTestUpstreamClient({ timeouts: { connectMs: 100 } });
    const address = addressOf({ host: `127.0.0.1:${port}` }, { isPlainHttp: false });
    await expect(own.request(address, upstreamMetadata())).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: `127.0.0.1:${port} took too long to connect. Try again in 10 seconds.`,
    });
    await own.close();
    silent.close();
  });

  it('says when to retry', async () => {
    upstream.misbehave({ status: 503, headers: { 'retry-after': '33' } });
    expect(await failureOf()).toMatchObject({ code: 'upstream_unavailable', retryAfterSeconds: 33 });
  });

  it('is paused after several failures and resumed later', async () => {
    await upstream.stopListening();
    for (let times = 0; times < 5; times += 1) {
      nowMs += 1;
      expect((await failureOf()).message).toContain("can't be reached from here");
    }
    const { brokenUntil } = client.state(addressOf(upstream));
    expect(brokenUntil?.getTime()).toBeGreaterThan(nowMs);
    const refusal = await failureOf();
    expect(refusal).toMatchObject({ code: 'upstream_unavailable' });
    expect(refusal.message).toContain('paused');
    await upstream.listenAgain();
    nowMs += 3_000;
    expect((await ask()).status).toBe(200);
    expect(client.state(addressOf(upstream)).brokenUntil).toBeNull();
  });

  it('is paused by a 429 for as long as Retry-After says, unlike another upstream of the same host', async () => {
    upstream.misbehave({ status: 429, headers: { 'retry-after': '120' } }, { times: 1 });
    const limited = { code: 'upstream_rate_limited', retryAfterSeconds: 120 };
    expect(await failureOf()).toMatchObject({ ...limited, message: expect.stringMatching(/in 2 minutes/) as string });
    expect(await failureOf()).toMatchObject(limited);
    expect(upstream.requests).toHaveLength(1);
    expect(client.state(addressOf(upstream)).brokenUntil).toEqual(new Date(nowMs + 120_000));
    expect((await client.request(addressOf(upstream, { id: 2n }), upstreamMetadata())).status).toBe(200);
    // A client that already has the manifest gets its blobs.
    expect((await ask({ path: `blobs/${image.blobs[0]?.digest}`, kind: 'blob' })).status).toBe(200);
    nowMs += 121_000;
    expect((await ask()).status).toBe(200);
  });

  it.each([
    [undefined, 60],
    ['Wed, 01 May 2024 10:00:30 GMT', 30],
    ['99999999', 3_600],
  ])('with a 429 and Retry-After %s is paused for %s seconds', async (header, seconds) => {
    upstream.misbehave({ status: 429, headers: header === undefined ? {} : { 'retry-after': header } });
    expect(await failureOf()).toMatchObject({ code: 'upstream_rate_limited', retryAfterSeconds: seconds });
  });

  it('without an address is unavailable', async () => {
    const error: unknown = await client
      .request(addressOf({ host: 'nothing.invalid' }), upstreamMetadata())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'upstream_unavailable' });
  });
});

describe('the number of requests', () => {
  it('left at Docker Hub is remembered', async () => {
    expect(client.state(addressOf(upstream)).rateLimit).toBeNull();
    upstream.misbehave({ headers: { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' } });
    await ask({ method: 'HEAD' });
    const rateLimit = { limit: 100, remaining: 76, windowSeconds: 21_600, seenAt: new Date(nowMs) };
    expect(client.state(addressOf(upstream)).rateLimit).toEqual(rateLimit);
  });

  it('in flight is capped per host, and tag checks do not wait for downloads', async () => {
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

  it('waiting for a connection is bounded in time, which does not count against the upstream', async () => {
    const own = createTestUpstreamClient({ connectionsPerHost: 1, timeouts: { queueMs: 100, headersMs: 2_000 } });
    upstream.misbehave({ delayMs: 1_200 }, { times: 1 });
    const first = own.request(addressOf(upstream), upstreamMetadata());
    for (let times = 0; times < 6; times += 1) {
      const error: unknown = await own
        .request(addressOf(upstream), upstreamMetadata())
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ message: expect.stringContaining('too many requests') as string });
    }
    expect((await first).status).toBe(200);
    expect(own.state(addressOf(upstream)).brokenUntil).toBeNull();
    await own.close();
  });

  it('per second is even', async () => {
    const own = createTestUpstreamClient({ requestsPerSecond: 10 });
    const startedMs = performance.now();
    await Promise.all(
      Array.from({ length: 14 }, () => own.request(addressOf(upstream), upstreamMetadata({ method: 'HEAD' }))),
    );
    expect(performance.now() - startedMs).toBeGreaterThan(350);
    await own.close();
  });
});

describe('a shutdown', () => {
  it('by the caller ends a request without a response', async () => {
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

  it('of the client ends its requests', async () => {
    upstream.misbehave({ delayMs: 400 });
    const asked = failureOf();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.close();
    expect(await asked).toMatchObject({ code: 'upstream_unavailable' });
    expect(await failureOf()).toMatchObject({ code: 'upstream_unavailable' });
  });

  it('of an idle connection just as it is reused is retried', async () => {
    await readAll((await ask()).body);
    upstream.misbehave({ hangsUp: true }, { times: 1 });
    expect((await ask()).status).toBe(200);
    expect(upstream.requests).toHaveLength(3);
  });
});

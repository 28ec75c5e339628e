// Who receives tokens and passwords, how often, and who never does.
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { blobOf } from '#lib/testing/images/build-image.ts';
import {
  addressOf,
  createTestUpstreamClient,
  upstreamMetadata,
} from '#lib/testing/servers/create-test-upstream-client.ts';
import { startFaultUpstream, type FaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import type { UpstreamAddress, UpstreamClient } from './upstream-client.ts';

const credentials = { username: 'robot', password: 'hunter2 ü' };
const TOKEN_PATH = /^GET \/token/;
let upstream: FaultUpstream;
let other: FaultUpstream;
let client: UpstreamClient;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.parse('2024-05-01T10:00:00Z');
  upstream = await startFaultUpstream();
  other = await startFaultUpstream({ address: '127.0.0.2' });
  client = createTestUpstreamClient({ clock: () => nowMs });
  const manifest = blobOf('application/json', '{}');
  for (const name of ['acme/app', 'acme/other']) upstream.content.addManifest(name, manifest, 'latest');
});
afterEach(() => Promise.all([client.close(), upstream.close(), other.close()]));

const ask = async (more: Partial<UpstreamAddress> = {}, request: Parameters<typeof upstreamMetadata>[0] = {}) => {
  const { status, body } = await client.request(addressOf(upstream, more), upstreamMetadata(request));
  body.resume();
  return status;
};
const secretsAt = ({ requests }: FaultUpstream) =>
  requests.filter(({ headers }) => headers.authorization ?? headers.cookie);

describe('a token', () => {
  beforeEach(() => upstream.demandAuth({ scheme: 'bearer' }));

  it('covers one repository and is reused without another challenge', async () => {
    expect(await ask()).toBe(200);
    expect(await ask()).toBe(200);
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/acme/app/manifests/latest',
      'GET /token?service=fault-upstream&scope=repository%3Aacme%2Fapp%3Apull',
      'GET /v2/acme/app/manifests/latest',
      'GET /v2/acme/app/manifests/latest',
    ]);
    expect(await ask({}, { repository: 'acme/other' })).toBe(200);
    expect(upstream.find(TOKEN_PATH)).toHaveLength(2);
  });

  it('is fetched once for concurrent requests', async () => {
    upstream.misbehave({ delayMs: 100 }, { when: TOKEN_PATH });
    expect(await Promise.all(Array.from({ length: 10 }, () => ask()))).toEqual(Array<number>(10).fill(200));
    expect(upstream.find(TOKEN_PATH)).toHaveLength(1);
  });

  it('still reaches the others when the request that started the fetch is aborted', async () => {
    upstream.misbehave({ delayMs: 150 }, { when: TOKEN_PATH });
    const leaving = new AbortController();
    const first = ask({}, { signal: leaving.signal });
    const second = ask();
    setTimeout(() => leaving.abort(new Error('gone')), 80);
    await expect(first).rejects.toThrow('gone');
    expect(await second).toBe(200);
  });

  it('is bought with credentials that the upstream itself never sees', async () => {
    upstream.tokens.terms = { credentials };
    expect(await ask({ credentials })).toBe(200);
    const basic = `Basic ${Buffer.from(`robot:${credentials.password}`).toString('base64')}`;
    expect(upstream.find(TOKEN_PATH).map(({ headers }) => headers.authorization)).toEqual([basic]);
    expect(upstream.find(/v2/).some(({ headers }) => headers.authorization === basic)).toBe(false);
  });

  it('is not shared between upstreams or after a change of credentials', async () => {
    await ask({ id: 1n });
    await ask({ id: 2n });
    expect(upstream.find(TOKEN_PATH)).toHaveLength(2);
    await ask({ id: 1n, credentials });
    await ask({ id: 1n, credentials: { ...credentials, password: 'other' } });
    expect(upstream.find(TOKEN_PATH)).toHaveLength(4);
  });

  test.each([
    [{}, 29, 31],
    [{ expiresInSeconds: 5 }, 29, 31],
    [{ expiresInSeconds: 300 }, 269, 271],
    [{ expiresInSeconds: 300, issuedAt: '2024-05-01T09:59:00Z' }, 209, 211],
    // Neither a clock that is far off nor an endless lifetime is trusted.
    [{ expiresInSeconds: 300, issuedAt: '2034-05-01T09:59:00Z' }, 269, 271],
    [{ expiresInSeconds: 300, issuedAt: 'yesterday' }, 269, 271],
    [{ expiresInSeconds: 1e12 }, 3_569, 3_571],
  ])('with %o is reused after %s seconds and renewed after %s', async (terms, good, late) => {
    upstream.tokens.terms = terms;
    await ask();
    const startedMs = nowMs;
    nowMs = startedMs + good * 1000;
    await ask();
    expect(upstream.find(TOKEN_PATH)).toHaveLength(1);
    nowMs = startedMs + late * 1000;
    await ask();
    expect(upstream.find(TOKEN_PATH)).toHaveLength(2);
  });

  it('is dropped and renewed once when it is refused', async () => {
    await ask();
    upstream.tokens.revokeAll();
    upstream.requests.length = 0;
    expect(await ask()).toBe(200);
    expect(upstream.requests).toHaveLength(3);
  });

  it('that is always refused ends in a denial, not in a loop', async () => {
    upstream.demandAuth({ scheme: 'bearer', refusesTokens: true });
    for (const requests of [3, 6]) {
      await expect(ask()).rejects.toMatchObject({ code: 'upstream_denied' });
      expect(upstream.requests.length).toBeLessThanOrEqual(requests + 1);
    }
  });

  it('that is denied produces an error with the repository and without secrets', async () => {
    upstream.tokens.terms = { credentials };
    const wrong = { username: 'robot', password: 'swordfish' };
    const denied = (who: string) => `${upstream.host} has no repository acme/app, or denies pulling it ${who}.`;
    await expect(ask({ credentials: wrong })).rejects.toMatchObject({
      code: 'upstream_denied',
      message: denied('with the configured credentials'),
    });
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_denied', message: denied('without credentials') });
  });

  it.each([
    ['empty', { body: '' }],
    ['without a token', { body: '{}' }],
    ['not JSON', { body: '<html>' }],
    ['a list', { body: '[]' }],
    ['a header injection', { body: JSON.stringify({ token: 'a\r\nX-Evil: 1' }) }],
    ['an endless token', { body: JSON.stringify({ token: 'a'.repeat(20_000) }) }],
    ['an endless body', { body: JSON.stringify({ token: 'a', more: 'x'.repeat(70_000) }) }],
    ['compressed', { headers: { 'content-encoding': 'gzip' } }],
    ['a redirect', { redirectTo: 'http://127.0.0.2/' }],
  ])('response that is %s is rejected', async (_what, faults) => {
    upstream.misbehave(faults, { when: TOKEN_PATH });
    await expect(ask({ credentials })).rejects.toMatchObject({ code: 'upstream_invalid' });
    expect(other.requests).toEqual([]);
  });

  it.each([
    ['429', { status: 429, headers: { 'retry-after': '9' } }, 'upstream_rate_limited'],
    ['500', { status: 500 }, 'upstream_unavailable'],
    ['no answer', { delayMs: 1_000 }, 'upstream_unavailable'],
    ['a truncated body', { cutAfterBytes: 3 }, 'upstream_unavailable'],
    ['a stalled body', { stallAfterBytes: 3 }, 'upstream_unavailable'],
  ])('request answered with %s fails', async (_what, faults, code) => {
    upstream.misbehave(faults, { when: TOKEN_PATH });
    await expect(ask()).rejects.toMatchObject({ code });
  });
});

describe('a realm', () => {
  it('on another domain receives no request', async () => {
    upstream.demandAuth({ scheme: 'bearer', issuer: other });
    await expect(ask({ credentials })).rejects.toMatchObject({
      code: 'upstream_invalid',
      message: expect.stringContaining(`requests tokens from ${other.host}, which is on another domain`) as string,
    });
    expect(other.requests).toEqual([]);
  });

  it('configured as the token host issues tokens for the upstream', async () => {
    other.tokens.terms = { credentials };
    upstream.demandAuth({ scheme: 'bearer', issuer: other });
    expect(await ask({ credentials, tokenHost: other.host })).toBe(200);
    expect(other.requests).toHaveLength(1);
  });

  it('that moved is found by the next request', async () => {
    upstream.demandAuth({ scheme: 'bearer', issuer: other });
    await ask({ tokenHost: other.host });
    await other.close();
    upstream.demandAuth({ scheme: 'bearer' });
    nowMs += 3_600_000;
    await ask({ tokenHost: other.host }).catch(() => undefined);
    expect(await ask({ tokenHost: other.host })).toBe(200);
  });

  it.each(['Bearer service="x"', 'Bearer realm=""', 'Bearer realm="gopher://x/"'])(
    'is rejected in %s',
    async (challenge) => {
      upstream.misbehave({ status: 401, headers: { 'www-authenticate': challenge } });
      await expect(ask({ credentials })).rejects.toMatchObject({ code: 'upstream_invalid' });
      expect(secretsAt(upstream)).toEqual([]);
    },
  );
});

describe('a password', () => {
  it('is sent to an upstream that asks for Basic, and again without a challenge', async () => {
    upstream.demandAuth({ scheme: 'basic', ...credentials });
    expect(await ask({ credentials })).toBe(200);
    expect(await ask({ credentials })).toBe(200);
    expect(upstream.requests).toHaveLength(3);
  });

  it('that is wrong or missing is denied', async () => {
    upstream.demandAuth({ scheme: 'basic', ...credentials });
    await expect(ask({ credentials: { ...credentials, password: 'x' } })).rejects.toMatchObject({
      code: 'upstream_denied',
    });
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_denied' });
    expect(upstream.requests).toHaveLength(3);
  });

  it('is not sent to an upstream that sends no challenge', async () => {
    expect(await ask({ credentials })).toBe(200);
    expect(secretsAt(upstream)).toEqual([]);
  });

  it.each([403, 451])('is not retried after a %s', async (status) => {
    upstream.misbehave({ status });
    await expect(ask({ credentials })).rejects.toMatchObject({ code: 'upstream_denied' });
    expect(upstream.requests).toHaveLength(1);
  });
});

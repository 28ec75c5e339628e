import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobOf } from '#lib/testing/images/build-image.ts';
import {
  addressOf,
  createTestUpstreamClient,
  upstreamMetadata,
  readAll,
} from '#lib/testing/servers/create-test-upstream-client.ts';
import { startFaultUpstream, type FaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import { createSelfSignedCertificate } from '#lib/testing/tls/self-signed-certificate.ts';
import type { UpstreamAddress, UpstreamClient } from './upstream-client.ts';

const blob = blobOf('application/octet-stream', 'layer');
const path = `/v2/acme/app/blobs/${blob.digest}`;
const credentials = { username: 'robot', password: 'hunter2' };
let upstream: FaultUpstream;
let storage: FaultUpstream;
let client: UpstreamClient;

beforeEach(async () => {
  upstream = await startFaultUpstream();
  storage = await startFaultUpstream({ address: '127.0.0.2' });
  client = createTestUpstreamClient();
  upstream.content.addBlob('acme/app', blob);
  storage.content.addBlob('acme/app', blob);
});
afterEach(() => Promise.all([client.close(), upstream.close(), storage.close()]));

const download = async (more: Partial<UpstreamAddress> = {}, headers: Record<string, string> = {}) => {
  const request = upstreamMetadata({ path: `blobs/${blob.digest}`, kind: 'blob', headers });
  const { status, body } = await client.request(addressOf(upstream, more), request);
  return { status, bytes: await readAll(body) };
};

describe('a redirect', () => {
  it('to storage keeps the Range and drops all secrets', async () => {
    upstream.demandAuth({ scheme: 'bearer' });
    upstream.tokens.terms = { credentials };
    upstream.misbehave(
      { redirectTo: `${storage.url}${path}?signature=x` },
      { when: (r) => !!r.headers.authorization && /blobs/.test(r.path) },
    );
    const part = await download({ credentials }, { range: 'bytes=1-2', cookie: 'a=b' });
    expect([part.status, part.bytes.toString()]).toEqual([206, 'ay']);
    expect(storage.requests).toHaveLength(1);
    expect(storage.requests[0]?.headers).toMatchObject({ range: 'bytes=1-2', host: storage.host });
    expect(storage.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(storage.requests[0]?.headers).not.toHaveProperty('cookie');
  });

  it('on the same host keeps the credentials', async () => {
    upstream.demandAuth({ scheme: 'basic', ...credentials });
    await download({ credentials });
    upstream.misbehave({ redirectTo: path }, { when: /manifests/ });
    const { status } = await client.request(addressOf(upstream, { credentials }), upstreamMetadata({ method: 'HEAD' }));
    expect(status).toBe(200);
    expect(upstream.requests.slice(-2).every(({ headers }) => headers.authorization?.startsWith('Basic '))).toBe(true);
  });

  it('to another host and back does not restore them', async () => {
    upstream.demandAuth({ scheme: 'basic', ...credentials });
    await download({ credentials });
    upstream.misbehave({ redirectTo: `${storage.url}${path}` }, { times: 1 });
    storage.misbehave({ redirectTo: `${upstream.url}${path}` });
    await expect(download({ credentials })).rejects.toMatchObject({ code: 'upstream_denied' });
    expect(storage.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(upstream.requests.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('to a host that asks for the password does not get it', async () => {
    upstream.misbehave({ redirectTo: `${storage.url}${path}` });
    storage.demandAuth({ scheme: 'basic', ...credentials });
    await expect(download({ credentials })).rejects.toMatchObject({ code: 'upstream_denied' });
    storage.demandAuth({ scheme: 'bearer' });
    await expect(download({ credentials })).rejects.toMatchObject({ code: 'upstream_denied' });
    expect(storage.requests).toHaveLength(2);
  });

  it('is followed five times, not six', async () => {
    const hop = (times: number) => upstream.misbehave({ redirectTo: path }, { times });
    hop(5);
    expect((await download()).status).toBe(200);
    hop(6);
    await expect(download()).rejects.toMatchObject({
      code: 'upstream_invalid',
      message: `${upstream.host} redirected too many times.`,
    });
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.2/x', 'http://user:password@127.0.0.2/x', 'http://', 'data:,x'])(
    'to %s is refused',
    async (redirectTo) => {
      upstream.misbehave({ redirectTo });
      const error = await download().catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({ code: 'upstream_invalid' });
      expect((error as Error).message).not.toContain('password');
    },
  );

  it.each([
    ...[
      'http://127.0.0.2/',
      'http://10.0.0.1/',
      'http://169.254.169.254/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
    ],
    ...['http://0/', 'http://2130706434/', 'http://0x7f.2/'],
  ])('to %s is refused, because that network is not allowed', async (redirectTo) => {
    const strict = createTestUpstreamClient({ allowedNetworks: ['127.0.0.1/32'] });
    upstream.misbehave({ redirectTo: redirectTo === 'http://127.0.0.2/' ? `${storage.url}${path}` : redirectTo });
    const request = upstreamMetadata({ path: `blobs/${blob.digest}`, kind: 'blob' });
    await expect(strict.request(addressOf(upstream), request)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringContaining("can't be reached from here") as string,
    });
    expect(storage.requests).toEqual([]);
    await strict.close();
  });

  it('without a Location is an error', async () => {
    upstream.misbehave({ status: 302 });
    await expect(download()).rejects.toMatchObject({ code: 'upstream_invalid' });
  });

  it('to a signed URL leaves the signature out of every error', async () => {
    upstream.misbehave({ redirectTo: `${storage.url}/blob?signature=secret` });
    for (const status of [403, 404, 410, 429, 500]) {
      storage.misbehave({ status });
      const error = await download().catch((thrown: unknown) => thrown as Error);
      if (error instanceof Error) expect(`${error.message} ${String(error.cause)}`).not.toContain('signature');
      storage.behave();
    }
  });
});

describe('over TLS', () => {
  let secure: FaultUpstream;
  const defaults = getCACertificates('default');
  beforeEach(async () => {
    const tls = createSelfSignedCertificate(['127.0.0.1']);
    secure = await startFaultUpstream({ tls });
    secure.content.addBlob('acme/app', blob);
    setDefaultCACertificates([...defaults, tls.cert]);
  });
  afterEach(async () => {
    setDefaultCACertificates(defaults);
    await secure.close();
  });
  const ask = () => {
    const request = upstreamMetadata({ path: `blobs/${blob.digest}`, kind: 'blob' });
    return client.request(addressOf(secure, { isPlainHttp: false }), request);
  };

  it('an upstream can be pulled from', async () => {
    expect(await readAll((await ask()).body)).toEqual(blob.bytes);
  });

  it('a redirect to http is not followed', async () => {
    secure.misbehave({ redirectTo: `${storage.url}${path}` });
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream_invalid',
      message: `${secure.host} redirected from HTTPS to plain HTTP at ${storage.host}.`,
    });
    expect(storage.requests).toEqual([]);
  });

  it('a token realm without TLS is rejected', async () => {
    secure.demandAuth({ scheme: 'bearer', realm: `http://${secure.host}/token` });
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_invalid' });
  });

  it('an untrusted certificate is rejected', async () => {
    setDefaultCACertificates(defaults);
    const fresh = createTestUpstreamClient();
    const asked = fresh.request(addressOf(secure, { isPlainHttp: false }), upstreamMetadata());
    await expect(asked).rejects.toMatchObject({
      code: 'upstream_invalid',
      message: expect.stringContaining('certificate') as string,
    });
    await fresh.close();
  });

  it('a plain-HTTP server is rejected', async () => {
    const asked = client.request(addressOf(upstream, { isPlainHttp: false }), upstreamMetadata());
    await expect(asked).rejects.toMatchObject({ code: 'upstream_invalid' });
  });
});

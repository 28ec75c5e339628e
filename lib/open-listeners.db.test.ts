import { writeFileSync, mkdtempSync, rmSync, symlinkSync, renameSync, mkdirSync } from 'node:fs';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readConfig, type Config } from '#lib/config.ts';
import { answerText, stampRequest } from '#lib/platform/http/requests.ts';
import { createLog } from '#lib/platform/log.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { createSelfSignedCertificate } from '#lib/testing/tls/self-signed-certificate.ts';
import { openListeners } from './open-listeners.ts';

let site: TestApp;
let folder: string;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

/** Replaces both files at once, like Kubernetes: a symbolic link to the folder moves. */
function install(pair: { key: string; cert: string }, version: string): void {
  const versioned = join(folder, version);
  mkdirSync(versioned);
  writeFileSync(join(versioned, 'tls.crt'), pair.cert);
  writeFileSync(join(versioned, 'tls.key'), pair.key);
  symlinkSync(versioned, join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'current'));
}

async function open(env: Record<string, string>, files?: { key: string; cert: string }): Promise<Config> {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (files) install(files, '1');
  const paths = { TLS_CERT: join(folder, 'current/tls.crt'), TLS_KEY: join(folder, 'current/tls.key') };
  const config = readConfig({ PORT: String(await findFreePort()), ...(files && paths), ...env });
  const listeners = await openListeners(
    { ...site.app, config, log: createLog('silent', false) },
    {
      answerStalled: (_req, res) => answerText(res, 408, 'stalled'),
      attach: (server, listener) => {
        server.on('request', (req, res) => {
          stampRequest(req, config, listener);
          answerText(res, 200, String(req.headers[req.url === '/address' ? 'x-client-address' : 'x-listener']));
        });
      },
    },
  );
  onTestFinished(() => listeners.drain({ delaySeconds: 0, maxSeconds: 0 }));
  return config;
}

type Answer = { status: number | undefined; location: string | undefined; text: string };

async function ask(url: string, options: RequestOptions = {}): Promise<Answer> {
  const req = (url.startsWith('https:') ? tlsRequest : plainRequest)(url, { agent: false, ...options });
  req.end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const chunks = await res.toArray();
  const text = Buffer.concat(chunks as Buffer[])
    .toString()
    .trim();
  return { status: res.statusCode, location: res.headers.location, text };
}

/** Returns the serial number of the certificate that a new connection gets. */
async function serialAt(port: number): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

describe('TLS', () => {
  test('serves the certificate of the files, and its successor within seconds', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const [first, second] = [createSelfSignedCertificate(['127.0.0.1']), createSelfSignedCertificate(['127.0.0.1'])];
    const { port, publicUrl } = await open({ PUBLIC_URL: 'https://127.0.0.1:1' }, first);
    expect(publicUrl).toBe('https://127.0.0.1:1');
    const url = `https://127.0.0.1:${port}/`;
    expect(await ask(url, { ca: first.cert })).toMatchObject({ status: 200, text: 'public' });
    const before = await serialAt(port);

    // In between, the key of the new pair is there, but not its certificate.
    writeFileSync(join(folder, '1/tls.key'), second.key);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await serialAt(port)).toBe(before);

    install(second, '2');
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await serialAt(port)).not.toBe(before);
    });
    expect(await ask(url, { ca: second.cert })).toMatchObject({ status: 200 });
    expect(site.app.counts.certificate.expiresAt?.getTime()).toBeGreaterThan(Date.now());
  });

  test.each([
    ['a missing file', () => rmSync(join(folder, '1/tls.key')), /TLS_KEY names .*tls\.key, which can't be read/],
    [
      'another key',
      () => writeFileSync(join(folder, '1/tls.key'), createSelfSignedCertificate(['a']).key),
      /doesn't belong to the certificate/,
    ],
    [
      'no PEM',
      () => writeFileSync(join(folder, '1/tls.crt'), 'hello'),
      /tls\.crt doesn't contain a certificate in PEM format/,
    ],
  ])('%s stops the start with a sentence', async (_what, spoil, expected) => {
    const files = createSelfSignedCertificate(['127.0.0.1']);
    const opened = open({ PUBLIC_URL: 'https://127.0.0.1:1' }, files);
    spoil();
    await expect(opened).rejects.toThrow(expected);
  });

  test('speaks TLS 1.2 and 1.3 only', async () => {
    const files = createSelfSignedCertificate(['127.0.0.1']);
    const { port } = await open({ PUBLIC_URL: 'https://127.0.0.1:1' }, files);
    const old = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
    const url = `https://127.0.0.1:${port}/`;
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect((await ask(url, { ca: files.cert, minVersion: version, maxVersion: version })).status).toBe(200);
    }
  });

  test('plain HTTP at the TLS port gets no answer', async () => {
    const { port } = await open({ PUBLIC_URL: 'https://127.0.0.1:1' }, createSelfSignedCertificate(['127.0.0.1']));
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(received).toString()).not.toContain('HTTP/1.1 200');
  });
});

describe('the port that redirects', () => {
  const listen = async () => {
    const redirectPort = await findFreePort();
    await open({ PUBLIC_URL: 'https://registry.example.org', REDIRECT_PORT: String(redirectPort) });
    return `http://127.0.0.1:${redirectPort}`;
  };

  test('leads to the same path over https, and never elsewhere', async () => {
    const url = await listen();
    expect(await ask(`${url}/acme/api?tab=tags`, { headers: { host: 'evil.example.org' } })).toMatchObject({
      status: 308,
      location: 'https://registry.example.org/acme/api?tab=tags',
    });
    const path = '//evil.example.org/';
    expect((await ask(url, { path })).location).toBe('https://registry.example.org//evil.example.org/');
    expect((await ask(url, { path: 'http://evil.example.org/' })).location).toBe('https://registry.example.org/');
  });

  test('refuses what carries something', async () => {
    expect(await ask(await listen(), { method: 'POST' })).toMatchObject({
      status: 403,
      text: 'Use https://registry.example.org. This port only redirects.',
    });
  });

  test('answers challenges of an ACME server', async () => {
    const url = await listen();
    const challenge = { token: 'a-token_1', answer: 'a-token_1.thumbprint' };
    await site.app.db.acmeChallenge.create({ data: challenge });
    const path = '/.well-known/acme-challenge/';
    expect(await ask(`${url}${path}a-token_1`)).toMatchObject({ status: 200, text: challenge.answer });
    expect(await ask(`${url}${path}another`)).toMatchObject({ status: 404 });
    // Only tokens have that shape.
    expect(await ask(`${url}${path}a.b`)).toMatchObject({ status: 308 });
  });
});

describe('the private listener', () => {
  test('marks its requests, whatever the client says', async () => {
    const privatePort = await findFreePort();
    const { port } = await open({ PRIVATE_HOST: '127.0.0.2', PRIVATE_PORT: String(privatePort) });
    const headers = { 'x-listener': 'private' };
    expect((await ask(`http://127.0.0.1:${port}`, { headers })).text).toBe('public');
    expect((await ask(`http://127.0.0.2:${privatePort}`)).text).toBe('private');
    await expect(ask(`http://127.0.0.1:${privatePort}`)).rejects.toThrow(/ECONNREFUSED/);
  });

  test.each([
    [{}, '127.0.0.1'],
    [{ PRIVATE_PROXIES: '1' }, '10.9.9.9'],
  ])('counts its own proxies, %o, and not those of the public one', async (proxies, address) => {
    const privatePort = await findFreePort();
    const internal = { PRIVATE_HOST: '127.0.0.2', PRIVATE_PORT: String(privatePort), ...proxies };
    const { port } = await open({ PROXIES: '1', ...internal });
    const asked = { headers: { 'x-forwarded-for': '10.9.9.9' }, path: '/address' };
    expect((await ask(`http://127.0.0.1:${port}`, asked)).text).toBe('10.9.9.9');
    expect((await ask(`http://127.0.0.2:${privatePort}`, asked)).text).toBe(address);
  });
});

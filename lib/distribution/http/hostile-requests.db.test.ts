import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { matchRoute } from './match-route.ts';

/** A soak sends more requests. A failure prints its seed. */
const REQUESTS = process.env.VITRINE_SOAK_SECONDS ? 100_000 : 3_000;
const OVER_THE_WIRE = { timeout: 120_000 + REQUESTS * 10 };

let vitrine: TestApp;
let ada: TestUser;
let eve: TestUser;

beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
  eve = await vitrine.createUser();
});
afterAll(() => vitrine.close());

const DIGEST = `sha256:${'0'.repeat(64)}`;
const INDEX = 'Content-Type: application/vnd.oci.image.index.v1+json';
const UPLOAD = '0b8e7c4a-2f7e-4f41-9d0a-6f0c6d1f2a3b';
const anyBytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');

test('10,000 random byte strings as a path each match a route or throw an AppError', () => {
  fc.assert(
    fc.property(method, fc.oneof(anyBytes, fc.string({ unit: 'binary', maxLength: 300 })), (verb, path) => {
      try {
        matchRoute(verb, path);
      } catch (error) {
        expect(isAppError(error)).toBe(true);
      }
    }),
    { numRuns: 10_000 },
  );
});

test.each(['TRACE', 'OPTIONS', 'PROPFIND', 'PATCH'])('%s is refused where no route supports it', async (verb) => {
  const client = createRawClient(vitrine.url, basic(ada.token));
  for (const path of ['/v2/', '/token', `/v2/${ada.alias}/tool/manifests/latest`, '/v1/search?q=x']) {
    const { status, codes } = await client.send(verb, path, { headers: { 'max-forwards': '0' } });
    expect([status, codes], path).toEqual([405, ['UNSUPPORTED']]);
  }
});

test('random requests over the wire each get a response, none of them 5xx', OVER_THE_WIRE, async () => {
  // Mixes pieces of good and bad requests, because more of them get past the parser than random bytes do.
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('ALIAS/tool', 'ALIAS/blobs/uploads', 'nobody/tool') },
    { weight: 2, arbitrary: fc.constantFrom('..', 'ALIAS/..', 'a%2fb', 'ALIAS//x', 'A/b', 'x'.repeat(300), '%00', '') },
    { weight: 1, arbitrary: anyBytes },
  );
  const suffix = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('manifests/latest', 'tags/list', 'blobs/uploads/', `blobs/uploads/${UPLOAD}`),
    },
    { weight: 3, arbitrary: fc.constantFrom('manifests', 'blobs', 'referrers').map((noun) => `${noun}/${DIGEST}`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('manifests/..', 'blobs/uploads/..', 'referrers/x', 'blobs/%2e', 'list', ''),
    },
    { weight: 1, arbitrary: anyBytes },
  );
  const path = fc.oneof(
    { weight: 9, arbitrary: fc.tuple(name, suffix).map((parts) => `/v2/${parts.join('/')}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('/v2', '/v2/', '/token', '/v2/token', '/v2/_catalog', '/token/..', '*', 'x'),
    },
  );
  const query = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...[`?digest=${DIGEST}`, `?mount=${DIGEST}`, `?mount=${DIGEST}&from=ALIAS/tool`, '?n=1&last=%00', '?n=1e9'],
        ...['?scope=repository:ALIAS/tool:pull,*', '?scope=%00', '?artifactType=%00', '?tag=%ff'],
      ),
    },
    { weight: 1, arbitrary: anyBytes.map((bytes) => `?${bytes}`) },
  );
  const header = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('', INDEX, 'Content-Range: 0-0', 'Content-Range: x').map((more) => `AUTH\r\n${more}`),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom('', 'Range: bytes=9-', 'If-None-Match: *', 'Host: a b', 'Content-Type: \u00ff'),
    },
    { weight: 2, arbitrary: fc.constantFrom('STRANGER', 'Authorization: Basic !!', 'Authorization: Bearer a.b.c') },
  );
  const body = fc.constantFrom('', '', 'x', '{}', '{"schemaVersion":2,"manifests":[]}', '\0\0');
  const request = fc.record({ method, path, query, header, body });

  const connection = new Connection(vitrine.url);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async (sample) => {
      const target = `${sample.path}${sample.query}`.replaceAll('ALIAS', ada.alias);
      const headers = sample.header
        .replace('AUTH', `Authorization: ${basic(ada.token)}`)
        .replace('STRANGER', `Authorization: ${basic(eve.token)}`)
        .trim();
      const lines = [`${sample.method} ${target} HTTP/1.1`, 'Host: x', `Content-Length: ${sample.body.length}`];
      if (headers) lines.push(headers);
      const status = await connection.exchange(`${lines.join('\r\n')}\r\n\r\n${sample.body}`, sample.method);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(status, target).toBeGreaterThanOrEqual(200);
      expect(status, target).toBeLessThan(500);
    }),
    { numRuns: REQUESTS },
  );
  connection.close();
  // Otherwise the samples would prove little.
  for (const status of [200, 202, 400, 401, 403, 404, 405])
    expect(statuses.get(status), `${status}`).toBeGreaterThan(0);
});

/** One connection for many requests, reopened when the server closes it. */
class Connection {
  readonly #url: URL;
  #socket: Socket | null = null;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  close(): void {
    this.#socket?.destroy();
  }

  /** Sends raw bytes and returns the response's status. */
  exchange(text: string, verb: string): Promise<number> {
    const socket = this.#connect();
    return new Promise((resolve, reject) => {
      let answer = '';
      const settle = (result: number | Error) => {
        socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error');
        socket.on('error', () => undefined);
        if (socket.destroyed || /\r\nConnection: close/i.test(answer)) this.#drop();
        if (typeof result === 'number') resolve(result);
        else reject(result);
      };
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1');
        const status = readCompleteAnswer(answer, verb);
        if (status !== null) settle(status);
      });
      const onEnd = () =>
        settle(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0) || new Error(`no answer to ${text}`));
      socket.on('error', onEnd).on('close', onEnd);
      socket.write(Buffer.from(text, 'latin1'));
    });
  }

  #connect(): Socket {
    this.#socket ??= connect(Number(this.#url.port), this.#url.hostname);
    return this.#socket;
  }

  #drop(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }
}

/** Null: the response is incomplete. */
function readCompleteAnswer(answer: string, verb: string): number | null {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = answer.slice(0, end);
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  const hasBody = verb !== 'HEAD' && status !== 204 && status !== 304;
  const lengthBytes = hasBody ? Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0) : 0;
  return answer.length >= end + 4 + lengthBytes ? status : null;
}

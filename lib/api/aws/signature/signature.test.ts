// Compares the verification with the signer of the AWS SDKs.
import { createHash, randomBytes } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sha256 } from '#lib/testing/aws/sha256.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { toFault } from '../aws-error.ts';
import { readSignature } from './read-signature.ts';
import { checkSignature, checkSignatureDate } from './verify-signature.ts';

const accessKeyId = 'AKIAABCDEFGHIJKLMNOP';
const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab';
const HOST = 'registry.example.org:3000';

function createSigner(service = 'ecr', region = 'eu-central-1'): SignatureV4 {
  const credentials = { accessKeyId, secretAccessKey: SECRET };
  return new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false });
}

type Sent = { method: string; url: string; headers: [string, string][]; body: string };

/** What the server receives. */
function receive({ method, url, headers }: Omit<Sent, 'body'>): IncomingMessage {
  const req = new IncomingMessage(new Socket());
  Object.assign(req, { method, url, rawHeaders: headers.flat() });
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers)
    byName.set(name.toLowerCase(), [...(byName.get(name.toLowerCase()) ?? []), value]);
  Object.assign(req.headers, Object.fromEntries([...byName].map(([name, values]) => [name, values.join(', ')])));
  Object.defineProperty(req, 'headersDistinct', { value: Object.fromEntries(byName) });
  return req;
}

function verify(sent: Sent, { hosts = [HOST], secret = SECRET } = {}): void {
  const req = receive(sent);
  const signature = readSignature(req, new URLSearchParams(sent.url.split('?')[1] ?? ''));
  const bodyHash = createHash('sha256').update(sent.body).digest('hex');
  const request = { method: sent.method, url: sent.url, rawHeaders: req.rawHeaders, bodyHash };
  checkSignature(request, signature, { secret, hosts });
}

function refusal(work: () => void): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (!isAppError(error)) throw error;
    return toFault(error, null).type;
  }
}

type Query = Record<string, string>;

async function signHeader({ path = '/', query = {} as Query, body = '{}', headers = {} as Query }): Promise<Sent> {
  const signed = await createSigner().sign({
    method: 'POST',
    protocol: 'http:',
    hostname: 'registry.example.org',
    port: 3000,
    path,
    query,
    headers: { host: HOST, 'content-type': 'application/x-amz-json-1.1', ...headers },
    body,
  });
  return { method: 'POST', url: path + toQuery(query), headers: Object.entries(signed.headers), body };
}

function toQuery(query: Query): string {
  const parts = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

const word = fc.string({
  unit: fc.constantFrom('a', 'B', '7', '-', '~', '%20', '+', "'", '(', '*', 'é'),
  maxLength: 6,
});
const path = fc.array(word, { maxLength: 3 }).map((words) => `/${words.map(encodeURIComponent).join('/')}`);
const query = fc.dictionary(
  fc.string({ unit: fc.constantFrom('a', 'B', ' ', '&', '='), minLength: 1, maxLength: 4 }),
  word,
  { maxKeys: 3 },
);
const headers = fc.dictionary(
  fc.constantFrom('x-amz-target', 'x-custom', 'a', 'z-last'),
  fc.string({ unit: fc.constantFrom('a', ' ', '  ', '"', ','), maxLength: 8 }),
);

describe('a signed header', () => {
  test('is accepted as the SDKs sign it, whatever the path, query, headers and body', async () => {
    await fc.assert(
      fc.asyncProperty(path, query, headers, fc.string(), async (p, q, h, body) => {
        verify(await signHeader({ path: p, query: q, headers: h, body }));
      }),
      { numRuns: 300 },
    );
  });

  test('is refused once anything that it covers changes', async () => {
    const sent = await signHeader({ headers: { 'x-amz-target': 'A.B' }, body: '{"a":1}' });
    const without = (name: string) => sent.headers.filter(([one]) => one !== name);
    const changed: Record<string, Sent> = {
      method: { ...sent, method: 'PUT' },
      path: { ...sent, url: '/x' },
      query: { ...sent, url: '/?a=1' },
      body: { ...sent, body: '{"a":2}' },
      header: { ...sent, headers: [...without('x-amz-target'), ['x-amz-target', 'A.C']] },
      'repeated header': { ...sent, headers: [...sent.headers, ['x-amz-target', 'A.C']] },
      'missing header': { ...sent, headers: without('x-amz-target') },
    };
    for (const [what, one] of Object.entries(changed)) {
      expect([what, refusal(() => verify(one))]).toEqual([what, 'InvalidSignatureException']);
    }
    expect(refusal(() => verify(sent, { secret: SECRET.replace('w', 'v') }))).toBe('InvalidSignatureException');
    expect(refusal(() => verify(sent, { hosts: ['other.example.org'] }))).toBe('InvalidSignatureException');
    expect(refusal(() => verify(sent, { hosts: ['other.example.org', HOST] }))).toBe('accepted');
  });

  test('may have spaces or none between its parts, in any order', async () => {
    const sent = await signHeader({});
    const header = sent.headers.find(([name]) => name === 'authorization')?.[1] ?? '';
    const parts = header.slice('AWS4-HMAC-SHA256 '.length).split(', ');
    for (const joined of [parts.join(','), [...parts].reverse().join(',   ')]) {
      const authorization: [string, string] = ['authorization', `AWS4-HMAC-SHA256 ${joined}`];
      verify({ ...sent, headers: [...sent.headers.filter(([name]) => name !== 'authorization'), authorization] });
    }
  });
});

describe('a presigned URL', () => {
  async function presign(expiresIn = 900): Promise<Sent> {
    const signed = await createSigner('sts').presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname: 'registry.example.org',
        port: 3000,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host: HOST },
      },
      { expiresIn },
    );
    return { method: 'GET', url: `/${toQuery(signed.query as Query)}`, headers: [['host', HOST]], body: '' };
  }

  test('is accepted, and bound to its operation', async () => {
    const sent = await presign();
    verify(sent);
    const other = { ...sent, url: sent.url.replace('GetCallerIdentity', 'GetSessionToken') };
    expect(refusal(() => verify(other))).toBe('InvalidSignatureException');
  });

  test('ends with its time', async () => {
    const sent = await presign(60);
    const signature = readSignature(receive(sent), new URLSearchParams(sent.url.split('?')[1]));
    checkSignatureDate(signature, new Date());
    expect(refusal(() => checkSignatureDate(signature, new Date(Date.now() + 62_000)))).toBe(
      'InvalidSignatureException',
    );
  });

  test('may not be signed twice', async () => {
    const sent = await presign();
    const both = { ...sent, headers: [...sent.headers, ['authorization', 'AWS4-HMAC-SHA256 x'] as [string, string]] };
    expect(refusal(() => verify(both))).toBe('IncompleteSignatureException');
  });
});

describe('the date', () => {
  test.each([
    ['20 minutes behind', -20, /^Signature expired: \S+ is now earlier than \S+ \(\S+ - 15 min\.\)$/],
    ['20 minutes ahead', 20, /^Signature not yet current: \S+ is still later than \S+ \(\S+ \+ 15 min\.\)$/],
  ])('a clock %s is refused in the words that clients search for', async (_name, minutes, message) => {
    const sent = await signHeader({});
    const signature = readSignature(receive(sent), new URLSearchParams());
    expect(() => checkSignatureDate(signature, new Date(Date.now() - minutes * 60_000))).toThrow(message);
    checkSignatureDate(signature, new Date(Date.now() - (minutes * 60_000) / 2));
  });

  test('must be that of the scope', async () => {
    const sent = await signHeader({});
    const signature = { ...readSignature(receive(sent), new URLSearchParams()), scopeDate: '20150830' };
    expect(() => checkSignatureDate(signature, new Date())).toThrow(/^Date in Credential scope does not match/);
  });
});

const DATE: [string, string] = ['x-amz-date', '20260830T123600Z'];
const credential = (scope: string) => `Credential=${accessKeyId}/${scope}`;
const SCOPE = '20260830/us-east-1/ecr/aws4_request';
const HEX = randomBytes(32).toString('hex');

test.each([
  ['nothing', null, 'MissingAuthenticationTokenException'],
  ['another scheme', 'Basic eDp5', 'IncompleteSignatureException'],
  ['the algorithm of SigV4a', `AWS4-ECDSA-P256-SHA256 ${credential(SCOPE)}`, 'IncompleteSignatureException'],
  [
    'no scope',
    `AWS4-HMAC-SHA256 ${credential('')}, SignedHeaders=host, Signature=${HEX}`,
    'IncompleteSignatureException',
  ],
  ['no signature', `AWS4-HMAC-SHA256 ${credential(SCOPE)}, SignedHeaders=host`, 'IncompleteSignatureException'],
  [
    'an unsigned host',
    `AWS4-HMAC-SHA256 ${credential(SCOPE)}, SignedHeaders=a;b, Signature=${HEX}`,
    'IncompleteSignatureException',
  ],
  [
    'unsorted headers',
    `AWS4-HMAC-SHA256 ${credential(SCOPE)}, SignedHeaders=host;a, Signature=${HEX}`,
    'IncompleteSignatureException',
  ],
  [
    'a repeated part',
    `AWS4-HMAC-SHA256 ${credential(SCOPE)}, ${credential(SCOPE)}, SignedHeaders=host, Signature=${HEX}`,
    'IncompleteSignatureException',
  ],
  [
    'a key of another form',
    `AWS4-HMAC-SHA256 Credential=me/${SCOPE}, SignedHeaders=host, Signature=${HEX}`,
    'UnrecognizedClientException',
  ],
  [
    'an empty region, as Go signs it',
    `AWS4-HMAC-SHA256 ${credential('20260830//ecr/aws4_request')}, SignedHeaders=host, Signature=${HEX}`,
    'accepted',
  ],
])('an Authorization header with %s', (_what, authorization, answer) => {
  const headers = [['host', HOST], DATE, ...(authorization === null ? [] : [['authorization', authorization]])];
  const req = receive({ method: 'POST', url: '/', headers: headers as [string, string][] });
  expect(refusal(() => void readSignature(req, new URLSearchParams()))).toBe(answer);
});

test('a date that does not exist is refused', () => {
  const authorization = `AWS4-HMAC-SHA256 ${credential(SCOPE)}, SignedHeaders=host, Signature=${HEX}`;
  for (const date of ['20260231T000000Z', '20260830T250000Z', 'yesterday', '']) {
    const req = receive({
      method: 'POST',
      url: '/',
      headers: [
        ['host', HOST],
        ['x-amz-date', date],
        ['authorization', authorization],
      ],
    });
    expect([date, refusal(() => void readSignature(req, new URLSearchParams()))]).toEqual([
      date,
      'IncompleteSignatureException',
    ]);
  }
});

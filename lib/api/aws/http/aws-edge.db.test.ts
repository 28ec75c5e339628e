// What the edge answers before any operation runs.
import { request } from 'node:http';
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsClients, createTestKey } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';

let vitrine: TestApp;
beforeAll(async () => {
  vitrine = await createTestApp({ TOKENS_PER_MINUTE: '0' });
});
afterAll(() => vitrine.close());

const TARGET = 'AmazonEC2ContainerRegistry_V20150921.DescribeRegistry';
type Answer = { status: number; type: string | null; body: string };

async function post(headers: Record<string, string>, body = '{}', path = '/'): Promise<Answer> {
  const response = await fetch(vitrine.url + path, { method: 'POST', headers, body });
  const text = await response.text();
  const type = /"__type":"(\w+)"|<Code>(\w+)<\/Code>/.exec(text);
  return { status: response.status, type: type?.[1] ?? type?.[2] ?? null, body: text };
}

test.each([
  ['no signature', { 'x-amz-target': TARGET }, 400, 'MissingAuthenticationTokenException'],
  [
    'an unknown operation',
    { 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.Nothing' },
    400,
    'UnknownOperationException',
  ],
  ['an unknown service', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, 400, 'UnknownOperationException'],
  ['another scheme', { 'x-amz-target': TARGET, authorization: 'Basic eDp5' }, 400, 'IncompleteSignatureException'],
])('%s is refused as JSON', async (_what, headers, status, type) => {
  expect(await post(headers as Record<string, string>)).toMatchObject({ status, type });
});

test('STS answers its errors as XML, also before authentication', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const answer = await post(form, 'Action=GetCallerIdentity&Version=2011-06-15');
  expect(answer).toMatchObject({ status: 403, type: 'MissingAuthenticationToken' });
  expect(answer.body).toMatch(/^<ErrorResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">/);
});

test('every answer has a request id and may not be cached', async () => {
  const response = await fetch(vitrine.url, { method: 'POST', headers: { 'x-amz-target': TARGET }, body: '{}' });
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(new Date(response.headers.get('date') ?? 0).getTime()).toBeGreaterThan(Date.now() - 60_000);
});

test('a stranger can’t make the server read a large body', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(vitrine.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'SpencerFrontendService.UploadLayerPart', 'content-length': String(27 * 1024 * 1024) },
    });
    sent.once('response', (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.once('error', reject);
    // Only the beginning: the answer doesn't wait for the rest.
    sent.write(Buffer.alloc(1024, 0x20));
  });
  expect(status).toBe(400);
});

test('failed authentications are rate-limited by network, valid signatures aren’t', async () => {
  const limited = await createTestApp({ TOKENS_PER_MINUTE: '3', UNLIMITED_NETWORKS: '10.0.0.0/8' });
  try {
    const { ecr } = createAwsClients(limited.url, await createTestKey(limited, await limited.createUser()));
    const refuse = () => fetch(limited.url, { method: 'POST', headers: { 'x-amz-target': TARGET }, body: '{}' });
    for (let count = 0; count < 3; count += 1) expect((await refuse()).status).toBe(400);
    const throttled = await refuse();
    expect(await throttled.json()).toMatchObject({ __type: 'ThrottlingException', message: 'Rate exceeded' });
    expect(Number(throttled.headers.get('x-amz-retry-after'))).toBeGreaterThan(0);
    expect((await ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData).toHaveLength(1);
  } finally {
    await limited.close();
  }
});

describe('behind a proxy', () => {
  test('signatures for the public host are accepted under another Host header', async () => {
    const behind = await createTestApp({ PUBLIC_URL: 'https://registry.example.org' });
    try {
      const user = await behind.createUser();
      const key = await createTestKey(behind, user);
      const { ecr } = createAwsClients('https://registry.example.org', key);
      // Sends the request elsewhere after it was signed.
      const stack = ecr.middlewareStack as { addRelativeTo: (middleware: unknown, options: object) => void };
      stack.addRelativeTo(
        (next: (args: { request: unknown }) => unknown) => (args: { request: unknown }) => {
          const sent = args.request as { headers: Record<string, string> };
          const { hostname, port, host } = new URL(behind.url);
          Object.assign(sent, { hostname, port: Number(port), protocol: 'http:' });
          sent.headers['host'] = host;
          return next(args);
        },
        { relation: 'after', toMiddleware: 'awsAuthMiddleware' },
      );
      expect(await ecr.send(new GetAuthorizationTokenCommand({}))).toMatchObject({
        authorizationData: [{ proxyEndpoint: 'https://registry.example.org' }],
      });
    } finally {
      await behind.close();
    }
  });
});

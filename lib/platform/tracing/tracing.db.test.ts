import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { readConfig } from '#lib/config.ts';
import { withoutValues } from './trace-statements.ts';

type Value = { stringValue?: string; intValue?: number };
type OtlpSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Value }[];
  status: { code?: number };
};
type Body = {
  resourceSpans: { resource: { attributes: { key: string; value: Value }[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
};

/** A receiver of OTLP/HTTP, https://opentelemetry.io/docs/specs/otlp/#otlphttp */
async function startReceiver() {
  const spans: OtlpSpan[] = [];
  const resources: Body['resourceSpans'][number]['resource'][] = [];
  const seen: { url: string; headers: IncomingHttpHeaders }[] = [];
  let raw = '';
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      raw += text;
      seen.push({ url: req.url ?? '', headers: req.headers });
      for (const { resource, scopeSpans } of (JSON.parse(text) as Body).resourceSpans) {
        resources.push(resource);
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      }
      res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, spans, resources, seen, raw: () => raw };
}

let site: TestApp | null = null;
afterEach(async () => {
  await site?.close();
  site = null;
});

const attribute = ({ attributes }: OtlpSpan, key: string) => {
  const value = attributes.find((one) => one.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
};

async function trace(env: Record<string, string>, work: (site: TestApp) => Promise<void>) {
  const receiver = await startReceiver();
  const traced = await createTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env });
  site = traced;
  await work(traced);
  await traced.app.tracing?.close();
  return receiver;
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;

test('a push is a trace with spans of statements and of the store, and no values', async () => {
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer collector', OTEL_SERVICE_NAME: 'images' };
  let secrets: string[] = [];
  const receiver = await trace(env, async ({ createUser, url }) => {
    const ada = await createUser();
    secrets = [ada.token, ada.email, ada.alias, 'hidden-project', 'hunter2'];
    const client = createRawClient(url, basic(ada.token));
    await client.pushBlob(`${ada.alias}/hidden-project`, Buffer.from('hunter2'));
    await client.send('GET', `/v2/${ada.alias}/hidden-project/manifests/none?token=hunter2`);
  });
  expect(receiver.seen[0]).toMatchObject({ url: '/v1/traces', headers: { authorization: 'Bearer collector' } });
  expect(receiver.resources[0]?.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'images' } });
  const push = receiver.spans.find(({ name }) => name === 'PUT /v2/{name}/blobs/uploads/{upload}');
  if (!push) throw new Error('the push has no span');
  expect(push.parentSpanId).toBeUndefined();
  expect(attribute(push, 'http.response.status_code')).toBe(201);
  expect(attribute(push, 'vitrine.request_id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(BigInt(push.endTimeUnixNano)).toBeGreaterThan(BigInt(push.startTimeUnixNano));
  const children = receiver.spans.filter(({ traceId }) => traceId === push.traceId);
  const store = children.find(({ name }) => name === 'blob put');
  expect(store?.parentSpanId).toBe(push.spanId);
  const statements = children.filter((span) => attribute(span, 'db.system.name') === 'postgresql');
  expect(statements.length).toBeGreaterThan(1);
  for (const statement of statements) expect(attribute(statement, 'db.query.text')).not.toMatch(/'/);
  const pull = receiver.spans.find(({ name }) => name === 'GET /v2/{name}/manifests/{reference}');
  expect(pull && attribute(pull, 'http.response.status_code')).toBe(404);
  for (const secret of secrets) expect(receiver.raw()).not.toContain(secret);
});

test('continues the trace of a trusted client only', async () => {
  const send = async ({ url }: TestApp) => {
    await createRawClient(url).send('GET', '/v2/', { headers: { traceparent: TRACEPARENT } });
  };
  const trusted = await trace({ TRACE_NETWORKS: '127.0.0.0/8' }, send);
  expect(trusted.spans.find(({ name }) => name === 'GET /v2/')).toMatchObject({
    traceId: TRACE_ID,
    parentSpanId: PARENT_ID,
  });
  await site?.close();
  const stranger = await trace({ TRACE_NETWORKS: '10.0.0.0/8' }, send);
  const span = stranger.spans.find(({ name }) => name === 'GET /v2/');
  expect(span?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(span?.traceId).not.toBe(TRACE_ID);
  expect(span?.parentSpanId).toBeUndefined();
});

test('ignores a malformed traceparent', async () => {
  const receiver = await trace({ TRACE_NETWORKS: '127.0.0.0/8' }, async ({ url }) => {
    for (const traceparent of ['', 'x', `01-${TRACE_ID}-${PARENT_ID}-01`, `00-${'0'.repeat(32)}-${PARENT_ID}-01`])
      expect((await createRawClient(url).send('GET', '/v2/', { headers: { traceparent } })).status).toBe(401);
  });
  const ids = receiver.spans.filter(({ name }) => name === 'GET /v2/').map(({ traceId }) => traceId);
  expect(new Set(ids).size).toBe(4);
  expect(ids).not.toContain(TRACE_ID);
});

test('marks failures without their message, and runs go on while no receiver answers', async () => {
  const receiver = await trace({}, async ({ app }) => {
    const fail = () => Promise.reject(Object.assign(new Error('the password is hunter2'), { code: '42P01' }));
    await expect(app.tracing?.run('job gather', { kind: 'consumer' }, fail)).rejects.toThrow('hunter2');
  });
  const span = receiver.spans.find(({ name }) => name === 'job gather');
  expect(span?.status).toEqual({ code: 2 });
  expect(span && attribute(span, 'error.type')).toBe('42P01');
  expect(receiver.raw()).not.toContain('hunter2');
  const lost = await createTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  expect((await createRawClient(lost.url).send('GET', '/v2/')).status).toBe(401);
  await lost.close();
});

test('samples', async () => {
  const receiver = await trace({ OTEL_TRACES_SAMPLER_ARG: '0' }, async ({ url }) => {
    await createRawClient(url).send('GET', '/v2/');
  });
  expect(receiver.spans).toEqual([]);
});

test('is off by default, and refuses wrong settings', () => {
  expect(readConfig({}).tracing).toBeNull();
  const read = (env: Record<string, string>) => () =>
    readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x:4318', ...env });
  expect(read({})().tracing).toMatchObject({ endpoint: 'http://x:4318', share: 1, trustedNetworks: [] });
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT must be');
  expect(read({ OTEL_EXPORTER_OTLP_HEADERS: 'nonsense' })).toThrow('must look like name=value');
  expect(read({ OTEL_TRACES_SAMPLER_ARG: '2' })).toThrow('must be from 0 (none) to 1 (all)');
});

test('statements are shown without literals', () => {
  expect(withoutValues(`SELECT\n  'it''s' AS a,  "col" FROM t WHERE b = $1`)).toBe(
    'SELECT ? AS a, "col" FROM t WHERE b = $1',
  );
});

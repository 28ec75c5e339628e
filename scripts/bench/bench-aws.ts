// Measures the AWS APIs: npm run bench:aws -- [--rows 100000] [--connections 8]. Lists repositories of a registry and images of
// a repository with that many rows, logs in as fast as it can, and times the check of a signature alone.
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { SignatureV4 } from '@smithy/signature-v4';
import { checkSignature } from '#lib/api/aws/signature/verify-signature.ts';
import type { Signature } from '#lib/api/aws/signature/read-signature.ts';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { Sha256 } from '#lib/testing/aws/sha256.ts';
import { createLog } from '#lib/platform/log.ts';
import { createSitePublisher } from '../../e2e/start/site-process.ts';
import { startTestServer } from '../test-server.ts';
import { seedRegistry } from './bench-aws.sql.ts';

const TARGET = 'AmazonEC2ContainerRegistry_V20150921';
const LISTINGS = 400;
const LOGINS = 3_000;
const CHECKS = 5_000;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '100000' }, connections: { type: 'string', default: '8' } },
});
const rows = Number(values.rows);
const connections = Number(values.connections);

type Key = { accessKeyId: string; secretAccessKey: string; registryId: string };
type Signed = { headers: Record<string, string>; body: string };

async function main(): Promise<void> {
  const site = await startTestServer({ DEMO: '0' });
  try {
    const { email, cli } = await createSitePublisher(site.url, site.dataDir);
    const key = JSON.parse(await cli('access-key', 'create', '--email', email, '--json')) as Key;
    const repositoryName = await seed(site.dataDir, key.registryId);
    const host = new URL(site.url).host;
    console.log(`${rows} rows, ${connections} connections, client on the same machine; milliseconds\n`);
    const measure = (operation: string, input: object, count: number) =>
      measureCalls(site.url, { signed: () => sign(key, host, operation, input), operation, count });
    await measure('DescribeRepositories', { maxResults: 100 }, LISTINGS);
    await measure('DescribeImages', { repositoryName, maxResults: 100 }, LISTINGS);
    await measure('ListImages', { repositoryName, maxResults: 100 }, LISTINGS);
    await measure('GetAuthorizationToken', {}, LOGINS);
    await measureChecks(key, host);
  } finally {
    await site.stop();
  }
}

async function seed(dataDir: string, registryId: string): Promise<string> {
  const app = await createApp(readConfig({ DATA_DIR: dataDir, NODE_ENV: 'production' }), createLog('warn', false));
  try {
    return await seedRegistry(app.pool, { registryId, count: rows });
  } finally {
    await app.close();
  }
}

/** Signs every request beforehand, so that only the server is measured. */
async function measureCalls(
  url: string,
  { signed, operation, count }: { signed: () => Promise<Signed>; operation: string; count: number },
): Promise<void> {
  const calls = await Promise.all(Array.from({ length: count }, signed));
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let next = 0;
  const work = async () => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) times.push(await send(url, agent, call));
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (part: number) => (times[Math.floor(times.length * part)] ?? NaN).toFixed(1);
  console.log(
    `${operation.padEnd(24)} p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  ${Math.round(count / seconds)}/s`,
  );
}

function send(url: string, agent: Agent, { headers, body }: Signed): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - startedAt);
        else reject(new Error(`${headers['x-amz-target']} answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function sign(key: Key, host: string, operation: string, input: object): Promise<Signed> {
  const body = JSON.stringify(input);
  const signer = new SignatureV4({ service: 'ecr', region: 'us-east-1', credentials: key, sha256: Sha256 });
  const [hostname = '', port = ''] = host.split(':');
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    query: {},
    headers: { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${TARGET}.${operation}` },
    body,
  });
  return { headers, body };
}

async function measureChecks(key: Key, host: string): Promise<void> {
  const { headers, body } = await sign(key, host, 'DescribeImages', { repositoryName: 'bench/app-000001' });
  const [, scopeDate = '', signedHeaders = '', signature = ''] =
    /\/(\d{8})\/.*SignedHeaders=([^,]+), Signature=(\w+)/.exec(headers['authorization'] ?? '') ?? [];
  const date = headers['x-amz-date'] ?? '';
  const common = { accessKeyId: key.accessKeyId, scopeDate, region: 'us-east-1', service: 'ecr', date, signature };
  const parts: Signature = {
    ...common,
    signedAt: new Date(),
    signedHeaders: signedHeaders.split(';'),
    sessionToken: null,
    expiresSeconds: null,
  };
  const rawHeaders = Object.entries(headers).flat();
  const startedAt = performance.now();
  for (let count = 0; count < CHECKS; count += 1) {
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const asked = { method: 'POST', url: '/', rawHeaders, bodyHash };
    checkSignature(asked, parts, { secret: key.secretAccessKey, hosts: [host, 'other.example.org'] });
  }
  console.log(`signature check          ${((performance.now() - startedAt) / CHECKS).toFixed(3)} each`);
}

await main();

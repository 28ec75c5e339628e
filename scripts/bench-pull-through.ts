// Measures pull-through: npm run bench:pull-through -- [--size-mib 1024] [--clients 100]. One run measures a cold blob
// for many concurrent clients (upstream requests, time to first byte, memory), and cached manifests of a mirror beside
// those of a pushed repository.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { startFaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { createSitePublisher } from '../e2e/start/site-process.ts';
import { startTestServer } from './test-server.ts';

const MIB = 1024 * 1024;
const MANIFEST_SECONDS = 5;
const MANIFEST_CONNECTIONS = 10;
const FIRST_BYTE_ROUNDS = 20;

const { values } = parseArgs({
  options: { 'size-mib': { type: 'string', default: '1024' }, clients: { type: 'string', default: '100' } },
});
const sizeBytes = Number(values['size-mib']) * MIB;
const clients = Number(values.clients);

type Download = { firstByteMs: number; totalMs: number; bytes: number };

/** Reads everything and discards it. */
function download(url: string, agent?: Agent): Promise<Download> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const request = get(url, agent ? { agent } : {}, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${url} answered ${response.statusCode}`));
      let firstByteMs = 0;
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        if (bytes === 0) firstByteMs = performance.now() - startedAt;
        bytes += chunk.length;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ firstByteMs, totalMs: performance.now() - startedAt, bytes }));
    });
    request.once('error', reject);
  });
}

function residentMib(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

function percentile(numbers: number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

async function main(): Promise<void> {
  const upstream = await startFaultUpstream();
  const site = await startTestServer({ DEMO: '0', CACHE_SIZE: '100GB' });
  try {
    const { alias, secret, cli } = await createSitePublisher(site.url, site.dataDir);
    await cli('mirror', 'all', '--registry', alias, '--from', `http://${upstream.host}`);
    await measureFirstByte(upstream, `${site.url}/v2/${alias}`);
    await measureMany(upstream, `${site.url}/v2/${alias}`, site.pid);
    await measureManifests(upstream, site.url, alias, secret);
  } finally {
    await site.stop();
    await upstream.close();
  }
}

type Upstream = Awaited<ReturnType<typeof startFaultUpstream>>;

/** Each blob is cold, and is fetched directly from the upstream first. */
async function measureFirstByte(upstream: Upstream, base: string): Promise<void> {
  const direct: number[] = [];
  const through: number[] = [];
  for (let round = 0; round < FIRST_BYTE_ROUNDS; round += 1) {
    const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(8 * MIB));
    const image = buildManifest({ config: blobOf('application/vnd.oci.image.config.v1+json', '{}'), layers: [layer] });
    upstream.content.add(`first/r${round}`, image, 'latest');
    await download(`${base}/first/r${round}/manifests/latest`);
    direct.push((await download(`${upstream.url}/v2/first/r${round}/blobs/${layer.digest}`)).firstByteMs);
    through.push((await download(`${base}/first/r${round}/blobs/${layer.digest}`)).firstByteMs);
  }
  const row = (name: string, times: number[]) =>
    `${name}: p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`;
  console.log(`First byte of a cold 8 MiB blob (${FIRST_BYTE_ROUNDS} times)`);
  console.log(`  ${row('upstream directly', direct)}\n  ${row('through Vitrine', through)}`);
}

async function measureMany(upstream: Upstream, base: string, pid: number): Promise<void> {
  // Repeating one MiB is fine, because nothing compresses or deduplicates the bytes in transit.
  const part = randomBytes(MIB);
  const layer = blobOf('application/vnd.oci.image.layer.v1.tar', Buffer.alloc(sizeBytes, part));
  const image = buildManifest({ config: blobOf('application/vnd.oci.image.config.v1+json', '{}'), layers: [layer] });
  upstream.content.add('large', image, 'latest');
  await download(`${base}/large/manifests/latest`);
  const idleMib = residentMib(pid);
  let peakMib = idleMib;
  const timer = setInterval(() => (peakMib = Math.max(peakMib, residentMib(pid))), 100);
  const startedAt = performance.now();
  const url = `${base}/large/blobs/${layer.digest}`;
  const downloads = await Promise.all(Array.from({ length: clients }, () => download(url)));
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(timer);
  const asked = upstream.find(new RegExp(`^GET .*${layer.digest}`));
  const sent = asked.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  const received = downloads.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`\nCold blob of ${sizeBytes / MIB} MiB, ${clients} concurrent clients`);
  console.log(`  upstream: ${asked.length} requests, sent ${(sent / sizeBytes).toFixed(2)} × the blob`);
  console.log(
    `  clients: complete ${received === sizeBytes * clients}, ${seconds.toFixed(1)} s, ${Math.round(received / MIB / seconds)} MiB/s in total`,
  );
  console.log(
    `  first byte: p50 ${percentile(
      downloads.map((d) => d.firstByteMs),
      0.5,
    ).toFixed(0)} ms, p99 ${percentile(
      downloads.map((d) => d.firstByteMs),
      0.99,
    ).toFixed(0)} ms`,
  );
  console.log(`  server memory: ${idleMib} MiB before, ${peakMib} MiB peak`);
  await sleep(500);
  const warm = await download(url);
  console.log(`  warm, one client: ${Math.round(sizeBytes / MIB / (warm.totalMs / 1000))} MiB/s`);
}

async function measureManifests(upstream: Upstream, url: string, alias: string, secret: string): Promise<void> {
  const config = blobOf('application/vnd.oci.image.config.v1+json', '{}');
  const image = buildManifest({ config, layers: [] });
  upstream.content.add('small', image, 'latest');
  await createDistributionClient(url, secret).push(`${alias}/pushed`, image, ['latest']);
  await download(`${url}/v2/${alias}/small/manifests/latest`);
  console.log(
    `\nCached manifests by tag, ${MANIFEST_CONNECTIONS} connections, ${MANIFEST_SECONDS} s each, alternating`,
  );
  const rates: Record<string, number[]> = { pushed: [], small: [] };
  for (const name of ['pushed', 'small', 'pushed', 'small']) {
    rates[name]?.push(await measureRate(`${url}/v2/${alias}/${name}/manifests/latest`));
  }
  const mean = (name: string) => (rates[name] ?? []).reduce((sum, rate) => sum + rate, 0) / (rates[name]?.length ?? 1);
  console.log(`  pushed:   ${Math.round(mean('pushed'))}/s\n  mirrored: ${Math.round(mean('small'))}/s`);
  console.log(`  ratio: ${(mean('small') / mean('pushed')).toFixed(2)}`);
}

async function measureRate(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: MANIFEST_CONNECTIONS });
  const endAt = performance.now() + MANIFEST_SECONDS * 1000;
  let count = 0;
  const work = async () => {
    while (performance.now() < endAt) {
      await download(url, agent);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: MANIFEST_CONNECTIONS }, work));
  agent.destroy();
  return count / MANIFEST_SECONDS;
}

await main();

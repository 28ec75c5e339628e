// Measures what the paper model of scripts/model calculates with. Small answers come from a site whose blobs are in a bucket, as on
// several machines, and bytes from a site on disk with sealed storage, the default.
import { cpus } from 'node:os';
import { startS3 } from '#lib/testing/s3/start-s3.ts';
import { writeCosts, type OperationCost } from '../../model/costs.ts';
import { readDatabaseSize } from './database-size.sql.ts';
import { runLoad, type Limits, type Operation } from './load.ts';
import { UsageMeter } from './process-usage.ts';
import { startVitrine } from './start-peers.ts';
import { withSiteApp } from './with-site-app.ts';
import { fillTarget, SMALL_IMAGE, type Target } from './workloads.ts';

const TIMED: Limits = { connections: 10, seconds: 6 };
const WARM_UP: Limits = { connections: 10, seconds: 4 };
const PUSHES = { warmUp: 300, measured: 600 };
const MB = 1_000_000;
const REDIRECTED_BYTES = 10 * MB;

/** Writes scripts/model/costs.json. */
export async function measureCosts(): Promise<void> {
  const s3 = await startS3();
  try {
    const onS3 = await withTarget({ ...s3.settings, S3_DELIVERY: 'redirect', SEALED_STORAGE: '0' }, measureAnswers);
    const onDisk = await withTarget({ SEALED_STORAGE: '1' }, measureBytes);
    const { databaseBytesPerImage, ...operations } = { ...onS3, ...onDisk };
    const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.versions.node}`;
    const measuredOn = new Date().toISOString().slice(0, 10);
    writeCosts({ measuredOn, machine, operations, databaseBytesPerImage });
  } finally {
    // Its process doesn't keep this one alive.
    const waiting = setInterval(() => undefined, 1_000);
    await s3.stop();
    clearInterval(waiting);
  }
}

async function withTarget<Result>(
  settings: Record<string, string>,
  work: (target: Target) => Promise<Result>,
): Promise<Result> {
  const peer = await startVitrine('Vitrine', { settings });
  try {
    return await work(await fillTarget(peer));
  } finally {
    await peer.stop();
  }
}

async function measureAnswers(target: Target) {
  const small = `${target.prefix}${SMALL_IMAGE}`;
  const get = (path: string, status = 200) => ({
    pull: { method: 'GET' as const, path, headers: target.pullHeaders, status, bodyBytes: -1 },
  });
  const large = target.images.get(REDIRECTED_BYTES);
  if (!large) throw new Error('image not pushed');
  const redirected = `/v2/${target.prefix}pulls/of-${REDIRECTED_BYTES}/blobs/${large.layer.digest}`;
  return {
    token: await measure(target, get(`/token?scope=repository:${small}:pull`)),
    manifest: await measure(target, get(`/v2/${small}/manifests/latest`)),
    uncachedManifest: await measure(target, get(`/v2/${small}/manifests/none-{turn}`, 404)),
    redirect: await measure(target, { pull: { ...get(redirected, 307).pull, headers: {} } }),
  };
}

async function measureBytes(target: Target) {
  const layer = target.images.get(REDIRECTED_BYTES)?.layer.digest ?? '';
  const path = `/v2/${target.prefix}pulls/of-${REDIRECTED_BYTES}/blobs/${layer}`;
  const pull = { method: 'GET' as const, path, headers: {}, status: 200, bodyBytes: REDIRECTED_BYTES };
  const sent = await measure(target, { pull });
  const perMegabyte = (value: number) => (value * MB) / REDIRECTED_BYTES;
  const repositories = Array.from({ length: 10 }, (_, n) => `pushes/to-${n}`).map((name) => ({
    name: target.prefix + name,
    headers: target.pushHeaders(name),
  }));
  const push = { layerBytes: MB, repositories, tag: '', isStreamed: false };
  await runLoad(target.host, { push }, { connections: 10, maxOperations: PUSHES.warmUp });
  const before = await databaseSize(target);
  const pushed = await measure(target, { push }, { connections: 10, maxOperations: PUSHES.measured }, null);
  return {
    sentMegabyte: {
      serverMs: round(perMegabyte(sent.serverMs)),
      databaseMs: round(perMegabyte(sent.databaseMs)),
      databaseCalls: round(perMegabyte(sent.databaseCalls)),
    },
    push: pushed,
    databaseBytesPerImage: Math.round(((await databaseSize(target)) - before) / PUSHES.measured),
  };
}

async function measure(
  target: Target,
  operation: Operation,
  limits: Limits = TIMED,
  warmUp: Limits | null = WARM_UP,
): Promise<OperationCost> {
  if (warmUp) await runLoad(target.host, operation, warmUp);
  const all = new UsageMeter(target.pid, target.dataDir);
  const servers = new UsageMeter(target.pid, null);
  const before = { all: all.cpuSeconds(), servers: servers.cpuSeconds(), calls: await countCalls(target) };
  const { micros } = await runLoad(target.host, operation, limits);
  const serverSeconds = servers.cpuSeconds() - before.servers;
  const allSeconds = all.cpuSeconds() - before.all;
  const each = (total: number) => round(total / micros.length);
  return {
    serverMs: each(serverSeconds * 1000),
    databaseMs: each(Math.max(0, allSeconds - serverSeconds) * 1000),
    databaseCalls: each((await countCalls(target)) - before.calls),
  };
}

async function countCalls({ host }: Target): Promise<number> {
  const text = await (await fetch(`http://${host}/metrics`)).text();
  return Number(/^vitrine_database_pool_acquisitions_total(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1]);
}

async function databaseSize({ dataDir }: Target): Promise<number> {
  let bytes = NaN;
  await withSiteApp(dataDir ?? '', async ({ pool }) => void (bytes = await readDatabaseSize(pool)));
  return bytes;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}

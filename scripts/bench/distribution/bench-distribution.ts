// Compares /v2 with other registries in one run: npm run bench -- [--seconds 5] [--connections 10] [--only TEXT]
// [--alone]. The rounds of a registry and workload share the seconds.
// --beside FOLDER compares with another built checkout of Vitrine, such as the version before a change.
// --private compares private with public images only, as the end of a full run does. --sealed compares sealed storage with
// unsealed storage.
// --write-costs measures what `npm run model` calculates with.
// --memory measures the memory of large pulls and pushes, --grown compares a small site with a very large one. Vitrine
// runs as in production: database, token checks and pull counting are on, and writes are synced to disk. Only compare
// figures of one run on an idle machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fillPrivateTarget } from './fill-private-target.ts';
import { startGrownVitrine, type Growth } from './grow-site.ts';
import { buildLoad, runLoad, summarise, type BenchLoad } from './load.ts';
import { measureCosts } from './measure-costs.ts';
import { measureMemory } from './measure-memory.ts';
import { UsageMeter, type Usage } from './process-usage.ts';
import { startPeers, startVitrine, type Peer } from './start-peers.ts';
import {
  fillTarget,
  GROWTH_WORKLOADS,
  PRIVATE_WORKLOADS,
  SEALED_WORKLOADS,
  WORKLOADS,
  type Target,
  type Workload,
} from './workloads.ts';

/** A JIT-compiled server is slow at first. */
const WARM_UP_SECONDS = 3;
/**
 * Targets take turns, because the speed of a machine varies. Every other round reverses the order, because one target's
 * writes are still being flushed while the next one is measured.
 */
const ROUNDS = 12;
const GROWTHS: Growth[] = [
  { repositories: 100, tags: 100 },
  { repositories: 100_000, tags: 100_000 },
];

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
    alone: { type: 'boolean', default: false },
    beside: { type: 'string' },
    private: { type: 'boolean', default: false },
    sealed: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    grown: { type: 'boolean', default: false },
    'write-costs': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);

type Measured = { loads: BenchLoad[]; usages: Usage[] };

async function main(): Promise<void> {
  printMachine();
  buildLoad();
  if (values.grown) return measureGrowth();
  if (values['write-costs']) return measureCosts();
  const peers: Peer[] = [];
  try {
    peers.push(await startVitrine('Vitrine'));
    if (values.beside) peers.push(await startOtherVersion(resolve(values.beside)));
    else if (values.sealed) peers.push(await startVitrine('Vitrine, sealed', { isSealed: true }));
    else if (!values.alone && !values.memory && !values.private)
      peers.push(await startVitrine('Vitrine, 2 processes', { processes: 2 }), ...(await startPeers()));
    const targets: Target[] = [];
    for (const peer of peers) targets.push(await fillTarget(peer));
    const [own] = targets;
    if (values.memory && own) return await measureMemory(own);
    const workloads = values.sealed ? SEALED_WORKLOADS : WORKLOADS;
    if (!values.private) for (const workload of selected(workloads)) await compare(workload, targets);
    if (own && !values.beside && !values.sealed) await comparePrivate(own);
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

function selected(workloads: Workload[]): Workload[] {
  return workloads.filter(({ name }) => name.includes(values.only));
}

/** The ratios are those of public pulls to private ones, without and with a policy. */
async function comparePrivate(own: Target): Promise<void> {
  const targets = [{ ...own, name: 'public' }, await fillPrivateTarget(own)];
  targets.push(await fillPrivateTarget(own, { isUnderPolicy: true }));
  for (const workload of selected(PRIVATE_WORKLOADS)) await compare(workload, targets);
}

/** Uses that checkout's own starter, which resolves its own modules. */
async function startOtherVersion(folder: string): Promise<Peer> {
  const path = join(folder, 'scripts/bench/distribution/start-peers.ts');
  const other = (await import(path)) as { startVitrine: typeof startVitrine };
  return other.startVitrine('the other version');
}

async function measureGrowth(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-grown-'));
  const targets: Target[] = [];
  try {
    for (const growth of GROWTHS) targets.push(await startGrownVitrine(folder, growth));
    for (const workload of GROWTH_WORKLOADS) await compare(workload, targets);
  } finally {
    for (const target of targets) await target.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function printMachine(): void {
  const [cpu] = cpus();
  console.log(`${cpus().length} × ${cpu?.model.trim()}, Node.js ${process.versions.node}, load from the same machine`);
  console.log(`${connections} connections, ${seconds} s for each registry and workload\n`);
}

async function compare(workload: Workload, targets: Target[]): Promise<void> {
  const unit = workload.bytes > 0 ? 'MB/s' : 'per s';
  console.log(`| ${workload.name} | ${unit} | ratio | p50 ms | p99 ms | CPU ms | load CPU ms | peak MiB |`);
  console.log('|---|---|---|---|---|---|---|---|');
  const measured = await measure(workload, targets);
  let own: number | null = null;
  for (const [target, { loads, usages }] of measured) {
    const load = summarise(loads);
    const rate = workload.bytes > 0 ? (load.perSecond * workload.bytes) / 1e6 : load.perSecond;
    own ??= rate;
    const cpuSeconds = usages.reduce((sum, usage) => sum + usage.cpuSeconds, 0);
    const peakMib = Math.max(...usages.map((usage) => usage.peakMib));
    const cells = [
      rate.toFixed(0),
      (own / rate).toFixed(2),
      load.p50Ms.toFixed(2),
      load.p99Ms.toFixed(2),
      ((cpuSeconds * 1000) / load.operations).toFixed(3),
      load.loadCpuMs.toFixed(3),
      peakMib.toFixed(0),
    ];
    console.log(`| ${target.name} | ${cells.join(' | ')} |`);
  }
  console.log('');
}

/** Measures the targets in turn, one at a time. */
async function measure(workload: Workload, targets: Target[]): Promise<Map<Target, Measured>> {
  const measured = new Map<Target, Measured>();
  const { operations } = workload;
  // Leave every connection something to do in each round.
  const rounds =
    operations === null ? ROUNDS : Math.max(1, Math.min(ROUNDS, Math.floor(operations.measured / connections)));
  const each =
    operations === null
      ? { seconds: seconds / rounds, connections }
      : { connections, maxOperations: Math.floor(operations.measured / rounds) };
  const warmUp =
    operations === null ? { seconds: WARM_UP_SECONDS, connections } : { connections, maxOperations: operations.warmUp };
  const runs = targets.map((target) => ({ target, operation: workload.prepare(target) }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { target, operation } of round % 2 === 0 ? runs : runs.toReversed()) {
      if (round === 0) await runLoad(target.host, operation, warmUp);
      const meter = new UsageMeter(target.pid, target.dataDir);
      const { result: load, usage } = await meter.measure(() => runLoad(target.host, operation, each));
      const { loads, usages } = measured.get(target) ?? { loads: [], usages: [] };
      measured.set(target, { loads: [...loads, load], usages: [...usages, usage] });
    }
  }
  return measured;
}

await main();

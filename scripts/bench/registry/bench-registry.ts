// What /v2 costs beside other registries, in one run: npm run bench -- [--seconds 5] [--connections 10] [--only TEXT] [--alone].
// With --memory: what large pulls and pushes take; with --grown: the same in a small site and one with very much in it.
// Vitrine runs as in production: its database, token checks and pull counting on, writes synced to disk. Figures of one run compare;
// those of different machines, or of a busy one, do not.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGrownVitrine, type Growth } from './grow-site.ts';
import { runLoad, type Load } from './load.ts';
import { measureMemory } from './measure-memory.ts';
import { UsageMeter, type Usage } from './process-usage.ts';
import { startPeers, startVitrine, type Peer } from './start-peers.ts';
import { fillTarget, GROWTH_WORKLOADS, WORKLOADS, type Target, type Workload } from './workloads.ts';

const WARM_UP_SECONDS = 0.5;
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
    memory: { type: 'boolean', default: false },
    grown: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);

type Measured = { load: Load; usage: Usage };

async function main(): Promise<void> {
  printMachine();
  if (values.grown) return measureGrowth();
  const peers: Peer[] = [];
  try {
    peers.push(await startVitrine('Vitrine'));
    if (!values.alone && !values.memory) peers.push(...(await startPeers()));
    const targets: Target[] = [];
    for (const peer of peers) targets.push(await fillTarget(peer));
    const [own] = targets;
    if (values.memory && own) return await measureMemory(own);
    for (const workload of WORKLOADS.filter(({ name }) => name.includes(values.only))) await compare(workload, targets);
  } finally {
    for (const peer of peers) await peer.stop();
  }
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
  console.log(`${connections} connections, ${seconds} s each\n`);
}

async function compare(workload: Workload, targets: Target[]): Promise<void> {
  const unit = workload.bytes > 0 ? 'MB/s' : 'per s';
  console.log(`| ${workload.name} | ${unit} | ratio | p50 ms | p99 ms | CPU ms each | peak MiB |`);
  console.log('|---|---|---|---|---|---|---|');
  let own: number | null = null;
  for (const target of targets) {
    const { load, usage } = await measure(workload, target);
    const rate = workload.bytes > 0 ? (load.perSecond * workload.bytes) / 1e6 : load.perSecond;
    own ??= rate;
    const cpu = ((usage.cpuSeconds * 1000) / load.operations).toFixed(3);
    const cells = [
      rate.toFixed(0),
      (own / rate).toFixed(2),
      load.p50.toFixed(2),
      load.p99.toFixed(2),
      cpu,
      usage.peakMib.toFixed(0),
    ];
    console.log(`| ${target.name} | ${cells.join(' | ')} |`);
  }
  console.log('');
}

async function measure(workload: Workload, target: Target): Promise<Measured> {
  const operation = workload.prepare(target);
  const meter = new UsageMeter(target.pid, target.dataDir);
  const isCounted = workload.operations !== null;
  if (!isCounted) await runLoad(target.host, operation, { seconds: WARM_UP_SECONDS, connections });
  const options = isCounted
    ? { seconds: Infinity, connections, maxOperations: workload.operations ?? 0 }
    : { seconds, connections };
  const { result: load, usage } = await meter.measure(() => runLoad(target.host, operation, options));
  return { load, usage };
}

await main();

// Runs the load generator of ../load. It is a Go program, because one in JavaScript uses as much CPU as the servers under test.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

const SOURCE = join(import.meta.dirname, '../load');
const PROGRAM = join(import.meta.dirname, '../../../node_modules/.cache/bench-load/load');

export type LoadHeaders = Record<string, string>;

export type Content = { digest: string; sizeBytes: number };
export type Image = { config: Content; layer: Content; manifest: Content };

/** What one connection does repeatedly. The fields are those of the program's PullJob and PushJob. */
export type Operation =
  | { pull: { method: 'GET' | 'HEAD'; path: string; headers: LoadHeaders; status: number; bodyBytes: number } }
  | {
      push: {
        layerBytes: number;
        repositories: { name: string; headers: LoadHeaders }[];
        tag: string;
        isStreamed: boolean;
      };
    };

/** Operations in flight at the end are completed and counted. */
export type Limits = { connections: number; seconds?: number; maxOperations?: number };

export type BenchLoad = {
  /** Of each operation. */
  micros: number[];
  elapsedSeconds: number;
  /** What the load itself used. */
  cpuSeconds: number;
  lastImage?: Image;
};

/** @throws Error when Go is missing or the build fails */
export function buildLoad(): void {
  const { status, error } = spawnSync('go', ['build', '-o', PROGRAM, '.'], { cwd: SOURCE, stdio: 'inherit' });
  if (error) throw new Error('The load generator needs Go. Install it, for example with: apt-get install golang');
  if (status !== 0) throw new Error('Building the load generator failed.');
}

/** @throws Error at the first response that isn't as expected */
export async function runLoad(host: string, operation: Operation, limits: Limits): Promise<BenchLoad> {
  const child = spawn(PROGRAM, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close') as Promise<[number | null]>;
  child.stdin.end(JSON.stringify({ host, ...limits, ...operation }));
  const result = await json(child.stdout).catch(() => null);
  const [code] = await exited;
  if (code !== 0) throw new Error('the load generator failed');
  return result as BenchLoad;
}

export type LoadSummary = {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  operations: number;
  /** CPU of the load for each operation. */
  loadCpuMs: number;
};

/** Combines loads. */
export function summarise(loads: BenchLoad[]): LoadSummary {
  const micros = loads.flatMap((load) => load.micros).sort((a, b) => a - b);
  const sum = (of: (load: BenchLoad) => number) => loads.reduce((total, load) => total + of(load), 0);
  const at = (part: number) => (micros[Math.min(micros.length - 1, Math.floor(micros.length * part))] ?? NaN) / 1000;
  return {
    perSecond: micros.length / sum((load) => load.elapsedSeconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    operations: micros.length,
    loadCpuMs: (sum((load) => load.cpuSeconds) * 1000) / micros.length,
  };
}

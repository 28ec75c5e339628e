// Pulls one manifest at a steady pace with alternating HEAD and GET, whether or not the site keeps up. Runs on a
// thread, because other work of a test on the same event loop would distort the latencies.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setPriority } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';

type Pace = { url: string; perSecond: number; durationMs: number };

export type Latencies = { count: number; failed: number; p50: number; p99: number; max: number };

/** Milliseconds from a request to the end of its response. */
export async function pullSteadily(pace: Pace): Promise<Latencies> {
  const worker = new Worker(new URL(import.meta.url), { workerData: pace, execArgv: [] });
  const [message] = (await once(worker, 'message')) as [{ latencies: number[]; failed: number }];
  const sorted = message.latencies.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? Infinity) * 10) / 10;
  return { count: sorted.length, failed: message.failed, p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function run({ url, perSecond, durationMs }: Pace): Promise<{ latencies: number[]; failed: number }> {
  const agent = new Agent({ keepAlive: true });
  const latencies: number[] = [];
  let failed = 0;
  const pulls: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let i = 0; performance.now() - startedAt < durationMs; i += 1) {
    const waitMs = startedAt + (i * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const sentAt = performance.now();
    pulls.push(
      pull(agent, url, i % 2 === 0 ? 'HEAD' : 'GET').then(
        (status) => {
          latencies.push(performance.now() - sentAt);
          if (status !== 200) failed += 1;
        },
        () => void (failed += 1),
      ),
    );
  }
  await Promise.all(pulls);
  agent.destroy();
  return { latencies, failed };
}

function pull(agent: Agent, url: string, method: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request(url, { agent, method }, (res) => {
      res
        .resume()
        .on('error', reject)
        .on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', reject).end();
  });
}

/**
 * Threads inherit their creator's priority, which may be low. Without the right to raise it, measured latencies are too
 * high.
 */
function raisePriority(): void {
  try {
    setPriority(0);
  } catch {
    // Measure anyway.
  }
}

if (parentPort && (workerData as Pace | null)?.perSecond) {
  raisePriority();
  parentPort.postMessage(await run(workerData as Pace));
}

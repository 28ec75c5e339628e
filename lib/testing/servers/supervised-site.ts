// Supervises two processes, which run this script too. Prints a line for each event. The argument tells what "server 2" does:
// it `fails` to start, `dies` whenever all are ready, or dies once and is `slow` when it starts again.
import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '#lib/platform/log.ts';
import { joinSupervisor } from '#lib/platform/processes/join-supervisor.ts';
import type { ProcessPart } from '#lib/platform/processes/messages.ts';
import { superviseProcesses } from '#lib/platform/processes/supervise-processes.ts';

const SLOW_MS = 500;
const behaviour = process.argv[2];
const print = (line: string) => void process.stdout.write(`${line}\n`);

if (cluster.isPrimary) await supervise();
else await serve();

async function supervise(): Promise<void> {
  const shared = { serverCount: 2, processCount: 2, pageSockets: [], serverSockets: [], ownSocket: '' };
  const parts = [1, 2].map((number): ProcessPart => {
    return { ...shared, role: 'server', name: `server ${number}`, isLeader: false, greets: false };
  });
  const onLost = () => end('lost');
  try {
    const processes = await superviseProcesses({ parts, log: createLog('silent', false), onLost, drainMs: 0 });
    // Of the second process that is named "server 2".
    if (behaviour === 'slow')
      cluster.on('online', () => void processes.stop({ delaySeconds: 0 }).then(() => end('stopped')));
  } catch {
    end('failed');
  }
}

function end(how: string): never {
  const running = Object.values(cluster.workers ?? {}).filter((worker) => isRunning(worker?.process.pid));
  print(`${how} with ${running.length} running`);
  process.exit(0);
}

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function serve(): Promise<void> {
  const { siblings, started, tellReady, tellFailure, onStop } = await joinSupervisor();
  const isSecond = siblings.part.name === 'server 2';
  if (isSecond && behaviour === 'fails') return tellFailure('no');
  let isAllStarted = false;
  void started.then(() => (isAllStarted = true));
  if (isSecond && cluster.worker && cluster.worker.id > 2 && behaviour === 'slow') await sleep(SLOW_MS);
  onStop(() => {
    print(`${siblings.part.name} stops`);
    process.exit(0);
  });
  tellReady();
  await started;
  if (isSecond && isAllStarted && behaviour !== 'fails') process.exit(1);
}

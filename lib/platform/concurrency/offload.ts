// Runs what takes long, or could be made to, on threads beside the event loop. A thread that exceeds its time is terminated.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '#lib/platform/errors.ts';
import { FairTurns } from './fair-turns.ts';

const ROOT = join(import.meta.dirname, '../../..');
const THREAD = join(import.meta.dirname, 'offload-thread.ts');
const THREADS = 2;
const MAX_HEAP_MB = 256;
const MAX_WAITING_PER_KEY = 8;
const MAX_WAITING = 64;

export type OffloadedWork = {
  /** From the root of the project: a module that exports `run`. */
  script: string;
  input: unknown;
  /** Who asks: a user, or a client's network. One key occupies one thread at most. */
  key: string;
  timeoutMs: number;
};

export type Offload = {
  /**
   * Answers what `run` of the script answers to a copy of `input`.
   * @throws AppError `rate_limited`; `unavailable` if it took too long or broke down
   */
  run: (work: OffloadedWork) => Promise<unknown>;
  close: () => Promise<void>;
};

/** What a thread sends back: first that it has loaded the script, then what came of it. */
export type ThreadMessage = { kind: 'loaded' } | { kind: 'done'; value: unknown } | { kind: 'failed'; message: string };

/** Threads start when they are needed first, and keep no process alive. */
export function createOffload({ threads = THREADS } = {}): Offload {
  const turns = new FairTurns({
    atATime: threads,
    atATimePerKey: 1,
    maxWaitingPerKey: MAX_WAITING_PER_KEY,
    maxWaiting: MAX_WAITING,
  });
  const idle: Worker[] = [];
  const all = new Set<Worker>();

  const start = (): Worker => {
    const worker = new Worker(THREAD, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
    worker.unref();
    all.add(worker);
    worker.once('exit', () => {
      all.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    });
    return worker;
  };

  const exchange = async (work: OffloadedWork): Promise<unknown> => {
    const worker = idle.pop() ?? start();
    try {
      return await runOn(worker, work);
    } finally {
      if (all.has(worker)) idle.push(worker);
    }
  };

  return {
    run: (work) => turns.run(work.key, () => exchange(work)),
    close: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

/** Loading doesn't count. Work that does not end in time ends with its thread, whatever it is doing. */
async function runOn(worker: Worker, { script, input, timeoutMs }: OffloadedWork): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  let timer: NodeJS.Timeout | undefined;
  const fail = (cause: unknown) => reject(new AppError('unavailable', 'The work broke down.', { cause }));
  const onExit = () => fail(new Error('the thread ended'));
  const tooSlow = async () => {
    worker.off('exit', onExit);
    await worker.terminate();
    reject(new AppError('unavailable', 'The work took too long.'));
  };
  const onMessage = (message: ThreadMessage) => {
    if (message.kind === 'loaded') timer = setTimeout(() => void tooSlow(), timeoutMs);
    else if (message.kind === 'done') resolve(message.value);
    else fail(new Error(message.message));
  };
  worker.on('message', onMessage).once('error', fail).once('exit', onExit);
  worker.postMessage({ script: join(ROOT, script), input });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', onMessage).off('error', fail).off('exit', onExit);
  }
}

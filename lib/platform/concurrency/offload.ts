// Runs CPU-heavy work on worker threads. A thread that exceeds its time limit is terminated.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '#lib/platform/errors.ts';
import { FairLimiter } from './fair-limiter.ts';

const ROOT = join(import.meta.dirname, '../../..');
const THREAD = join(import.meta.dirname, 'offload-thread.ts');
const THREADS = 2;
const MAX_HEAP_MB = 256;
const MAX_WAITING_PER_KEY = 8;
const MAX_WAITING = 64;

export type OffloadedWork = {
  /** The path from the project root of a module that exports `run`. */
  script: string;
  input: unknown;
  /** The user or client network. One key occupies at most one thread. */
  key: string;
  timeoutMs: number;
};

export type Offload = {
  /**
   * Calls the script's `run` with a copy of `input` and returns its result.
   * @throws AppError `rate_limited`; `unavailable` on a timeout or failure
   */
  run: (work: OffloadedWork) => Promise<unknown>;
  close: () => Promise<void>;
};

/** Messages from a thread: first that the script is loaded, then the result. */
export type ThreadMessage = { kind: 'loaded' } | { kind: 'done'; value: unknown } | { kind: 'failed'; message: string };

/** Starts threads on demand. They don't keep the process alive. */
export function createOffload({ threads = THREADS } = {}): Offload {
  const turns = new FairLimiter({
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

/** The timeout excludes loading the script. On a timeout the thread is terminated. */
async function runOn(worker: Worker, { script, input, timeoutMs }: OffloadedWork): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  let timer: NodeJS.Timeout | undefined;
  const fail = (cause: unknown) => reject(new AppError('unavailable', 'Processing failed.', { cause }));
  const onExit = () => fail(new Error('the thread ended'));
  const tooSlow = async () => {
    worker.off('exit', onExit);
    await worker.terminate();
    reject(new AppError('unavailable', 'Processing took too long.'));
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

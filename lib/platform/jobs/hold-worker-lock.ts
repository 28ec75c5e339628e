// A live worker holds a lock by a connection of its own. The lock goes when the process does, however it dies, and stays while the
// process lives, however slow it is.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DirectDatabase } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { lockWorker } from './worker-locks.sql.ts';

const RETRY_MS = 500;

export type WorkerLock = {
  /** Resolves once the lock is held for the first time. */
  held: Promise<void>;
  release: () => Promise<void>;
};

type HoldOptions = { direct: DirectDatabase; log: Log; workerId: string };

/** Takes the lock again when the connection is lost. */
export function holdWorkerLock({ direct, log, workerId }: HoldOptions): WorkerLock {
  const { promise: held, resolve: tellHeld } = Promise.withResolvers<void>();
  const ending = new AbortController();
  let client: pg.Client | null = null;

  const holdOnce = async () => {
    client = new pg.Client(direct.pool.options);
    const lost = new Promise((resolve) => client?.once('end', resolve));
    // 'end' follows. Without a listener the error would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await lockWorker(client, workerId, direct.hasSessions);
      tellHeld();
      await lost;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const keep = async () => {
    while (!ending.signal.aborted) {
      const problem = await holdOnce().catch((error: unknown) => error);
      if (ending.signal.aborted) return;
      log.warn({ err: problem }, 'lost the lock of this worker: taking it again');
      await sleep(RETRY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const keeping = keep();
  return {
    held,
    release: async () => {
      ending.abort();
      await client?.end().catch(() => undefined);
      await keeping;
    },
  };
}

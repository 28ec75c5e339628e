// Each worker holds an advisory lock on a dedicated connection, as a liveness signal. PostgreSQL releases it when the process
// dies, and keeps it while the process lives, however slow it is.
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

/** Holds the lock, and reacquires it when the connection is lost. */
export function holdWorkerLock({ direct, log, workerId }: HoldOptions): WorkerLock {
  const { promise: held, resolve: markHeld } = Promise.withResolvers<void>();
  const ending = new AbortController();
  let client: pg.Client | null = null;

  const holdOnce = async () => {
    client = new pg.Client(direct.pool.options);
    const lost = new Promise((resolve) => client?.once('end', resolve));
    // 'end' follows. Without a listener the error would crash the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await lockWorker(client, workerId, direct.hasSessions);
      markHeld();
      await lost;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const keep = async () => {
    while (!ending.signal.aborted) {
      const problem = await holdOnce().catch((error: unknown) => error);
      if (ending.signal.aborted) return;
      log.warn({ err: problem }, 'lost the worker lock, reacquiring it');
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

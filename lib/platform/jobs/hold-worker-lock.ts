// That a worker lives is a lock which a connection of its own holds: it goes when the process does, however it dies, and stays
// while it lives, however slow it is.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DirectDatabase } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';

/** First of the two numbers of the advisory lock; the other one is a hash of the worker's id. */
export const WORKER_LOCK = 0x76_69_74_72;

const RETRY_MS = 500;
/** Of a machine that is gone PostgreSQL learns by keep-alives: after half a minute, not after hours. In seconds. */
const KEEP_ALIVES = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4';

/** A pooler that lends connections by the transaction leaves us this one as long as it lasts. */
const OPEN_TRANSACTION = 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0';

export type WorkerLock = {
  /** Resolves as soon as it is held for the first time. */
  held: Promise<void>;
  release: () => Promise<void>;
};

type HoldOptions = { direct: DirectDatabase; log: Log; workerId: string };

/** Takes the lock again when the connection is lost. Shared, so that two ids with one hash are no matter. */
export function holdWorkerLock({ direct, log, workerId }: HoldOptions): WorkerLock {
  const { promise: held, resolve: tellHeld } = Promise.withResolvers<void>();
  const ending = new AbortController();
  let client: pg.Client | null = null;

  const holdOnce = async () => {
    client = new pg.Client(direct.pool.options);
    const lost = new Promise((resolve) => client?.once('end', resolve));
    // Told by 'end' as well; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(direct.hasSessions ? KEEP_ALIVES : OPEN_TRANSACTION);
      const take = direct.hasSessions ? 'pg_advisory_lock_shared' : 'pg_advisory_xact_lock_shared';
      await client.query(`SELECT ${take}($1, hashtext($2))`, [WORKER_LOCK, workerId]);
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
      log.warn({ err: problem }, 'the lock of this worker was lost: taking it again');
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

// Advisory locks, keyed by worker id, that show which workers are alive.
import type pg from 'pg';

/** The first key of the advisory lock. The second is a hash of the worker's id. */
export const WORKER_LOCK = 0x76_69_74_72;

/** TCP keep-alives in seconds, so that PostgreSQL detects a dead machine within half a minute instead of hours. */
const KEEP_ALIVES = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4';

/** A pooler in transaction mode assigns a connection for as long as the transaction lasts. */
const OPEN_TRANSACTION = 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0';

/**
 * Takes the lock until the session ends, or without sessions, until the transaction it starts ends.
 * The lock is shared, so that hash collisions don't block.
 */
export async function lockWorker(client: pg.Client, workerId: string, hasSessions: boolean): Promise<void> {
  await client.query(hasSessions ? KEEP_ALIVES : OPEN_TRANSACTION);
  const take = hasSessions ? 'pg_advisory_lock_shared' : 'pg_advisory_xact_lock_shared';
  await client.query(`SELECT ${take}($1, hashtext($2))`, [WORKER_LOCK, workerId]);
}

/** Finds workers that have locked jobs but don't hold their lock. */
export async function findLostWorkers(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH worker AS MATERIALIZED (SELECT DISTINCT locked_by AS id FROM graphile_worker.jobs WHERE locked_by IS NOT NULL)
     SELECT id FROM worker WHERE pg_try_advisory_xact_lock($1, hashtext(id))`,
    [WORKER_LOCK],
  );
  return rows.map(({ id }) => id);
}

/** Unlocks the jobs of workers that don't hold their lock. Holds these locks meanwhile, so that none of them can start. */
export async function unlockJobs(pool: pg.Pool, workerIds: string[]): Promise<void> {
  await pool.query(
    `SELECT graphile_worker.force_unlock_workers(
       ARRAY(SELECT id FROM unnest($2::text[]) AS worker (id) WHERE pg_try_advisory_xact_lock($1, hashtext(id))))`,
    [WORKER_LOCK, workerIds],
  );
}

export async function hasLockedJobs(pool: pg.Pool, workerIds: string[]): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM graphile_worker.jobs WHERE locked_by = ANY ($1) LIMIT 1', [
    workerIds,
  ]);
  return rowCount !== 0;
}

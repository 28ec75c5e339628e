// Advisory locks that show which workers live. Each belongs to a worker's id.
import type pg from 'pg';

/** First of the two numbers of the advisory lock. The other one is a hash of the worker's id. */
export const WORKER_LOCK = 0x76_69_74_72;

/** By keep-alives, PostgreSQL notices a machine that is gone after half a minute, not after hours. In seconds. */
const KEEP_ALIVES = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4';

/** A pooler that lends connections by the transaction leaves this one to us as long as the transaction lasts. */
const OPEN_TRANSACTION = 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0';

/** Locks until the session ends, or without sessions, until the transaction that it begins does. Shared, so that hashes may collide. */
export async function lockWorker(client: pg.Client, workerId: string, hasSessions: boolean): Promise<void> {
  await client.query(hasSessions ? KEEP_ALIVES : OPEN_TRANSACTION);
  const take = hasSessions ? 'pg_advisory_lock_shared' : 'pg_advisory_xact_lock_shared';
  await client.query(`SELECT ${take}($1, hashtext($2))`, [WORKER_LOCK, workerId]);
}

/** Finds workers that have jobs locked, but whose own lock is free. */
export async function findLostWorkers(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH worker AS MATERIALIZED (SELECT DISTINCT locked_by AS id FROM graphile_worker.jobs WHERE locked_by IS NOT NULL)
     SELECT id FROM worker WHERE pg_try_advisory_xact_lock($1, hashtext(id))`,
    [WORKER_LOCK],
  );
  return rows.map(({ id }) => id);
}

/** Unlocks the jobs of those workers whose lock is free. Holds the locks meanwhile, so that none of the workers can come to life. */
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

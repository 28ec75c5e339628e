// Jobs that a worker had under way when it was killed stay locked, by graphile-worker's own rule for four hours. Whoever works
// beside it, or after it, gives them back to the queue within seconds.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';
import { WORKER_LOCK } from './hold-worker-lock.ts';

/** Twice this long without its lock, and a worker is taken for dead: time enough to take it again after a connection broke. */
const LOOK_EVERY_MS = 3_000;

const FIND_LOST = `
  WITH worker AS MATERIALIZED (SELECT DISTINCT locked_by AS id FROM graphile_worker.jobs WHERE locked_by IS NOT NULL)
  SELECT id FROM worker WHERE pg_try_advisory_xact_lock($1, hashtext(id))`;

/** Holds the locks until it is done: no worker of one of these ids can begin to live meanwhile. */
const UNLOCK = `
  SELECT graphile_worker.force_unlock_workers(
    ARRAY(SELECT id FROM unnest($2::text[]) AS worker (id) WHERE pg_try_advisory_xact_lock($1, hashtext(id))))`;

type App = { pool: pg.Pool; log: Log };

/** Looks once. Takes the jobs of those that were `suspects` already, and answers who is suspect now. */
export async function releaseLostJobs({ pool, log }: App, suspects: ReadonlySet<string>): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(FIND_LOST, [WORKER_LOCK]);
  const lost = rows.map(({ id }) => id);
  const dead = lost.filter((id) => suspects.has(id));
  if (dead.length > 0) {
    await pool.query(UNLOCK, [WORKER_LOCK, dead]);
    log.warn({ workers: dead }, 'a worker is gone: its jobs wait for another one');
  }
  return new Set(lost.filter((id) => !suspects.has(id)));
}

/** Looks now and then, until the returned function is called; that waits for a look under way. */
export function watchForLostJobs(app: App): () => Promise<void> {
  const ending = new AbortController();
  const watch = async () => {
    for (let suspects = new Set<string>(); !ending.signal.aborted;) {
      suspects = await releaseLostJobs(app, suspects).catch((error: unknown) => {
        app.log.warn({ err: error }, 'could not look for jobs of workers that are gone');
        return new Set<string>();
      });
      await sleep(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return async () => {
    ending.abort();
    await watching;
  };
}

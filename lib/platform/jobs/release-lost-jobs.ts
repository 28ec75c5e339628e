// graphile-worker keeps the jobs of a killed worker locked for four hours. Other workers return them to the queue within seconds.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';
import { findLostWorkers, unlockJobs } from './worker-locks.sql.ts';

/** A worker without its lock in two consecutive checks counts as dead. That leaves time to reacquire it after a connection loss. */
const CHECK_INTERVAL_MS = 3_000;

type App = { pool: pg.Pool; log: Log };

/** Checks once. Unlocks the jobs of suspects that are still lost, and returns the new suspects. */
export async function releaseLostJobs({ pool, log }: App, suspects: ReadonlySet<string>): Promise<Set<string>> {
  const lost = await findLostWorkers(pool);
  const dead = lost.filter((id) => suspects.has(id));
  if (dead.length > 0) {
    await unlockJobs(pool, dead);
    log.warn({ workers: dead }, 'returned the jobs of a dead worker to the queue');
  }
  return new Set(lost.filter((id) => !suspects.has(id)));
}

/** Checks regularly. The returned function stops that and waits for a check in progress. */
export function watchForLostJobs(app: App): () => Promise<void> {
  const ending = new AbortController();
  const watch = async () => {
    for (let suspects = new Set<string>(); !ending.signal.aborted;) {
      suspects = await releaseLostJobs(app, suspects).catch((error: unknown) => {
        app.log.warn({ err: error }, 'failed to check for jobs of dead workers');
        return new Set<string>();
      });
      await sleep(CHECK_INTERVAL_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return async () => {
    ending.abort();
    await watching;
  };
}

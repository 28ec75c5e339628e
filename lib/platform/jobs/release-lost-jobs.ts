// Jobs that a worker ran when it was killed stay locked, for four hours by graphile-worker's own rule. Any other worker returns them to
// the queue within seconds.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';
import { findLostWorkers, unlockJobs } from './worker-locks.sql.ts';

/** A worker without its lock for twice as long is taken for dead. That leaves time to take it again after a connection broke. */
const LOOK_EVERY_MS = 3_000;

type App = { pool: pg.Pool; log: Log };

/** Looks once. Unlocks the jobs of workers that are still lost, and returns those that were not lost before. */
export async function releaseLostJobs({ pool, log }: App, suspects: ReadonlySet<string>): Promise<Set<string>> {
  const lost = await findLostWorkers(pool);
  const dead = lost.filter((id) => suspects.has(id));
  if (dead.length > 0) {
    await unlockJobs(pool, dead);
    log.warn({ workers: dead }, 'a worker is gone: returned its jobs to the queue');
  }
  return new Set(lost.filter((id) => !suspects.has(id)));
}

/** Looks regularly until the returned function is called, which waits for a look under way. */
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

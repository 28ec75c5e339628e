// Pauses a run that would remove or mark a large share of the store without recorded deletes. A wrong database is the
// likelier cause.
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';

const MAX_SHARE = 0.1;
/** A single crash can orphan this many blobs, even in a small store. */
const ALWAYS_ALLOWED = 10;

export type Amount = { count: number; storedCount: number };

export function isTooMany({ count, storedCount }: Amount): boolean {
  return count > ALWAYS_ALLOWED && count > storedCount * MAX_SHARE;
}

/** `what` introduces the numbers, such as "This run would remove". */
export function describePause(what: string, { count, storedCount }: Amount): string {
  return (
    `${what} ${count} of ${storedCount} stored blobs, and no recorded delete explains them. ` +
    'Check that DATABASE_URL and DATA_DIR or S3_BUCKET belong to the same site and that no rows are missing. '
  );
}

type App = { db: Db; log: Log };
export type Run = 'gc' | 'sweep';

/** Stores the pause reason for admins until a run of this kind completes. Null: this run completed. */
export async function recordPause({ db, log }: App, run: Run, reason: string | null): Promise<void> {
  if (reason === null) {
    await db.pausedRun.deleteMany({ where: { run } });
    return;
  }
  log.error({ run, reason }, 'garbage collection is paused until an operator confirms it');
  await db.pausedRun.upsert({ where: { run }, create: { run, reason }, update: { reason } });
}

// Stops a run that would remove or mark much of the store without a recorded delete behind it. The database is wrong more often than that.
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';

const MAX_SHARE = 0.1;
/** One crash can orphan this many, also in a small store. */
const ALWAYS_ALLOWED = 10;

export type Amount = { count: number; storedCount: number };

export function isTooMany({ count, storedCount }: Amount): boolean {
  return count > ALWAYS_ALLOWED && count > storedCount * MAX_SHARE;
}

/** `what` precedes the numbers, as in "This run would remove". */
export function describePause(what: string, { count, storedCount }: Amount): string {
  return (
    `${what} ${count} of ${storedCount} stored blobs, and no recorded delete explains them. ` +
    'Check that DATABASE_URL and DATA_DIR belong to the same site and that no rows are missing. '
  );
}

type App = { db: Db; log: Log };
export type Run = 'gc' | 'sweep';

/** Stores the reason for admins until a run of this kind completes. Null: this one did. */
export async function notePause({ db, log }: App, run: Run, reason: string | null): Promise<void> {
  if (reason === null) {
    await db.pausedRun.deleteMany({ where: { run } });
    return;
  }
  log.error({ run, reason }, 'garbage collection is paused until an operator confirms it');
  await db.pausedRun.upsert({ where: { run }, create: { run, reason }, update: { reason } });
}

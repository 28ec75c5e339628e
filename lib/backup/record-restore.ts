import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { RestoredSite } from './restore-backup.ts';

/** Says in the audit log that what happened after the backup is missing from it. */
export async function recordRestore({ db }: { db: Db }, { id, takenAt, lost }: RestoredSite): Promise<void> {
  const after = { backup: id, takenAt, lostBlobs: lost.length };
  await db.$transaction((tx) =>
    recordChange(tx, { caller: SYSTEM_CALLER, type: 'site.restore', resource: { name: 'site' }, after }),
  );
}

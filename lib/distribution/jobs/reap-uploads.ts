import type pg from 'pg';
import type { Intake } from '#lib/blobs/intake.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { forgetEndedUploads, removeUpload } from '#lib/distribution/push/upload-rows.sql.ts';
import type { Log } from '#lib/platform/log.ts';

const ORPHAN_AGE_MS = 60 * 60 * 1000;
const IDS_PER_QUERY = 500;

/** Removes expired uploads, and staged bytes without a row, which a crash between the two deletions leaves behind. */
export async function reapUploads(
  app: { db: Db; pool: pg.Pool; intake: Intake; log: Log },
  { isDryRun = false }: { isDryRun?: boolean } = {},
): Promise<number> {
  const expired = await app.db.upload.findMany({
    where: { expiresAt: { lt: new Date() } },
    select: { id: true, stagedId: true },
  });
  if (isDryRun) return expired.length;
  // Discard the bytes first. If this stops in between, the next run finds the row again.
  for (const { id, stagedId } of expired) {
    await app.intake.discard(stagedId ?? id);
    await removeUpload(app, id);
  }
  await forgetEndedUploads(app);
  const orphans = await reapOrphans(app);
  if (expired.length + orphans > 0) app.log.info({ expired: expired.length, orphans }, 'removed abandoned uploads');
  return expired.length + orphans;
}

async function reapOrphans(app: { db: Db; intake: Intake }): Promise<number> {
  const youngest = new Date(Date.now() - ORPHAN_AGE_MS);
  let count = 0;
  let batch: string[] = [];
  const discardBatch = async () => {
    const isOfBatch = { OR: [{ stagedId: null, id: { in: batch } }, { stagedId: { in: batch } }] };
    const rows = await app.db.upload.findMany({ where: isOfBatch, select: { id: true, stagedId: true } });
    const known = new Set(rows.map(({ id, stagedId }) => stagedId ?? id));
    for (const id of batch) {
      if (known.has(id)) continue;
      await app.intake.discard(id);
      count += 1;
    }
    batch = [];
  };
  for await (const { id } of app.intake.listStale(youngest)) {
    batch.push(id);
    if (batch.length === IDS_PER_QUERY) await discardBatch();
  }
  await discardBatch();
  return count;
}

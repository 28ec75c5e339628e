import type { Db } from '#lib/platform/pg/db.ts';
import { recordBatch } from './record-lineage.sql.ts';

const BATCH = 500;
/** Bounds a run. The next one goes on. */
const MAX_BATCHES = 200;

/** Records the layer chains of queued images: new ones, and all of an earlier version's. */
export async function recordLineage({ db }: { db: Db }): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) if ((await recordBatch(db, { limit: BATCH })) < BATCH) return;
}

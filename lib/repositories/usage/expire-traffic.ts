import type pg from 'pg';
import { deleteStorageRows } from './record-storage.sql.ts';
import { deleteTraffic } from './traffic-meter.sql.ts';
import { MAX_USAGE_DAYS } from './read-usage.ts';

const BATCH = 5_000;
const DAY_MS = 86_400_000;

/** Deletes what nobody can ask for any more, in batches, so that concurrent writes don't wait long. */
export async function expireTraffic({ pool }: { pool: pg.Pool }): Promise<void> {
  const before = new Date(Date.now() - MAX_USAGE_DAYS * DAY_MS);
  while ((await deleteTraffic(pool, { before, limit: BATCH })) === BATCH);
  while ((await deleteStorageRows(pool, { before, limit: BATCH })) === BATCH);
}

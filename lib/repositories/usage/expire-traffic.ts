import type pg from 'pg';
import { deleteDays } from './delete-days.sql.ts';
import { MAX_USAGE_DAYS } from './read-usage.ts';

const BATCH = 5_000;
const DAY_MS = 86_400_000;

/** Deletes what nobody can ask for any more, in batches, so that concurrent writes don't wait long. */
export async function expireTraffic({ pool }: { pool: pg.Pool }): Promise<void> {
  const before = new Date(Date.now() - MAX_USAGE_DAYS * DAY_MS);
  while ((await deleteDays(pool, 'traffic', { before, limit: BATCH })) === BATCH);
  while ((await deleteDays(pool, 'storage_days', { before, limit: BATCH })) === BATCH);
}

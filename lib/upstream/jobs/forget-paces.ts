import type pg from 'pg';
import { deleteFullBuckets } from '#lib/upstream/shared/reserve-turns.sql.ts';

/** Images of READMEs come from any host, so rows would pile up. */
export async function forgetPaces({ pool }: { pool: pg.Pool }): Promise<void> {
  await deleteFullBuckets(pool);
}

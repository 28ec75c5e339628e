import type pg from 'pg';

/** Resolves to the number of deleted rows. */
export async function deleteDays(
  pool: pg.Pool,
  table: 'traffic' | 'storage_days',
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE day < $1::date LIMIT $2))`,
    [before.toISOString().slice(0, 10), limit],
  );
  return rowCount ?? 0;
}

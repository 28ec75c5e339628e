import type pg from 'pg';

type Oldest = { before: Date; limit: number };

/** Deletes at most `limit` of the oldest rows, and returns how many. */
export async function deletePulls(pool: pg.Pool, { before, limit }: Oldest): Promise<number> {
  const text = 'DELETE FROM audit_pulls WHERE id IN (SELECT id FROM audit_pulls WHERE at < $1 ORDER BY at LIMIT $2)';
  return (await pool.query(text, [before, limit])).rowCount ?? 0;
}

/** Does the same for events. Ids grow over time, so the primary key finds the oldest rows without an index on `at`. */
export async function deleteEvents(pool: pg.Pool, { before, limit }: Oldest): Promise<number> {
  const text = `
    DELETE FROM audit_events WHERE id IN (
      SELECT id FROM (SELECT id, at FROM audit_events ORDER BY id LIMIT $2) e WHERE at < $1)`;
  return (await pool.query(text, [before, limit])).rowCount ?? 0;
}

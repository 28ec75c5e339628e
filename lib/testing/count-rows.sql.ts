import type { Pool } from 'pg';

/** Counts the rows of every table of the schema, except of those in `without`. */
export async function countRows(pool: Pool, { without }: { without: string[] }): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL ($1::text[]) ORDER BY 1`,
    [without],
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const { rows: found } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM "${name}"`);
    counts[name] = found[0]?.count ?? 0;
  }
  return counts;
}

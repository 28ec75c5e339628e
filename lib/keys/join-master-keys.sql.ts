import type pg from 'pg';

/** Saves the fingerprint of a new version, and returns the stored one. */
export async function saveMasterKeyMark(
  pool: pg.Pool,
  { version, mark }: { version: number; mark: string },
): Promise<string | undefined> {
  const known = await pool.query<{ mark: string }>('SELECT mark FROM master_key_marks WHERE version = $1', [version]);
  if (known.rows[0]) return known.rows[0].mark;
  await pool.query('INSERT INTO master_key_marks (version, mark) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    version,
    mark,
  ]);
  const { rows } = await pool.query<{ mark: string }>('SELECT mark FROM master_key_marks WHERE version = $1', [
    version,
  ]);
  return rows[0]?.mark;
}

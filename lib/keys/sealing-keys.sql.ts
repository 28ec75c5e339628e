// Keys of the site's blobs are in sealing_keys, those of repositories in repository_keys, and those of secrets in secret_keys.
import type pg from 'pg';

export type SealingKeyRow = { id: string; scope: string; wrapped: Buffer; wrappedBy: string };

const COLUMNS = 'id, scope, wrapped, wrapped_by AS "wrappedBy"';

const TABLES: Record<string, string> = { site: 'sealing_keys', secrets: 'secret_keys' };

function tableOf(scope: string): string {
  return TABLES[scope] ?? 'repository_keys';
}

export async function findSealingKey(pool: pg.Pool, id: string): Promise<SealingKeyRow | null> {
  const { rows } = await pool.query<SealingKeyRow>(
    ['sealing_keys', 'repository_keys', 'secret_keys']
      .map((table) => `SELECT ${COLUMNS} FROM ${table} WHERE id = $1`)
      .join(' UNION ALL '),
    [id],
  );
  return rows[0] ?? null;
}

/** Finds the key for new blobs of a scope. */
export async function findCurrentKey(pool: pg.Pool, scope: string): Promise<SealingKeyRow | null> {
  const { rows } = await pool.query<SealingKeyRow>(
    `SELECT ${COLUMNS} FROM ${tableOf(scope)} WHERE scope = $1 AND retired_at IS NULL`,
    [scope],
  );
  return rows[0] ?? null;
}

/** Lists the keys of the site's blobs, or those of its secrets. */
export async function listSealingKeys(pool: pg.Pool, scope: 'site' | 'secrets'): Promise<SealingKeyRow[]> {
  const { rows } = await pool.query<SealingKeyRow>(`SELECT ${COLUMNS} FROM ${tableOf(scope)} ORDER BY created_at, id`);
  return rows;
}

/** Inserts the key of a scope, unless it has one. */
export async function insertSealingKey(pool: pg.Pool, { id, scope, wrapped, wrappedBy }: SealingKeyRow): Promise<void> {
  await pool.query(
    `INSERT INTO ${tableOf(scope)} (id, scope, wrapped, wrapped_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [id, scope, wrapped, wrappedBy],
  );
}

export async function hasBlobs(pool: pg.Pool): Promise<boolean> {
  return (await pool.query('SELECT FROM blobs LIMIT 1')).rowCount !== 0;
}

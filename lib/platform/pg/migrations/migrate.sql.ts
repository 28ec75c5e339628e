// Prisma's migration table, and the locks of a migration.
import type pg from 'pg';

const CREATE_MIGRATION_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

export async function createMigrationTable(client: pg.ClientBase): Promise<void> {
  await client.query(CREATE_MIGRATION_TABLE);
}

export type AppliedMigration = { name: string; checksum: string; finishedAt: Date | null };

/** Lists migrations that weren't rolled back. Empty without a table. */
export async function listRecorded(client: pg.ClientBase): Promise<AppliedMigration[]> {
  const { rows: tables } = await client.query<{ isThere: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS "isThere"`,
  );
  if (!tables[0]?.isThere) return [];
  const { rows } = await client.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum, finished_at AS "finishedAt" FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  return rows;
}

export async function recordMigration(
  client: pg.ClientBase,
  { id, checksum, name }: { id: string; checksum: string; name: string },
): Promise<void> {
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES ($1, $2, now(), $3, 1)`,
    [id, checksum, name],
  );
}

export async function setLockTimeout(client: pg.ClientBase, seconds: number): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = '${seconds}s'`);
}

/** Until the end of the transaction. */
export async function lockMigrations(client: pg.ClientBase, key: number): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [key]);
}

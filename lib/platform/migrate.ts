// Applies prisma/migrations with `pg` alone, keeping the same books as `prisma migrate deploy`: either can follow the other.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { AppError, errorCode } from './errors.ts';

const MIGRATIONS_FOLDER = new URL('../../prisma/migrations/', import.meta.url);
/** The key of Prisma's own advisory lock, so that a `prisma migrate deploy` at the same time waits for us or we for it. */
const MIGRATE_LOCK = 72_707_369;

const CREATE_BOOKS = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

type Migration = { name: string; sql: string; checksum: string };

/**
 * Brings the database up to date. Returns the names of the migrations it applied.
 * @throws AppError `unavailable` (no such server, wrong password, a migration that failed) with a sentence.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    throw connectionError(databaseUrl, cause);
  }
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK]);
    await client.query(CREATE_BOOKS);
    const applied = await readApplied(client);
    const pending = readMigrations().filter((migration) => isPending(migration, applied));
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

function readMigrations(): Migration[] {
  return readdirSync(MIGRATIONS_FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(MIGRATIONS_FOLDER.pathname, entry.name, 'migration.sql'))
    .filter((path) => existsSync(path))
    .sort()
    .map((path) => {
      const sql = readFileSync(path, 'utf8');
      return { name: path.split('/').at(-2) ?? '', sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find((row) => row.finished_at === null);
  if (failed) {
    throw new AppError(
      'unavailable',
      `The migration ${failed.migration_name} failed before: repair the database and mark it with \`npx prisma migrate resolve\`.`,
    );
  }
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function isPending(migration: Migration, applied: Map<string, string>): boolean {
  const checksum = applied.get(migration.name);
  if (checksum === undefined) return true;
  if (checksum === migration.checksum) return false;
  throw new AppError('unavailable', `The migration ${migration.name} was changed after it had been applied.`);
}

/** The migration and its entry in the books are one transaction: a crash leaves neither. */
async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), $3, 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('unavailable', `The migration ${migration.name} failed: ${reason}.`, { cause });
  }
}

const CONNECTION_REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  ETIMEDOUT: 'it does not answer',
  '28P01': 'the password is wrong',
  '28000': 'the user may not connect',
  '3D000': 'that database does not exist',
};

/** One sentence for a database that can't be reached, without the password. */
function connectionError(databaseUrl: string, cause: unknown): AppError {
  const { host, pathname, username } = new URL(databaseUrl);
  const reason = CONNECTION_REASONS[errorCode(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
  const where = `${decodeURIComponent(username)}@${host}${pathname}`;
  return new AppError('unavailable', `The database at ${where} can't be used: ${reason}. Check DATABASE_URL.`, {
    cause,
  });
}

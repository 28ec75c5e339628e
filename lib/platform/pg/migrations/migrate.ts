// Applies prisma/migrations without Prisma. It maintains Prisma's migration table, so it is interchangeable with `prisma migrate deploy`.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { checkPrerequisites } from './migration-prerequisites.ts';
import { connectDatabase, inspectDatabase, type ConnectOptions } from '#lib/platform/pg/connect-database.ts';
import { AppError, errorCode, isAppError } from '#lib/platform/errors.ts';
import { createMigrationTable, listRecorded, lockMigrations, recordMigration, setLockTimeout } from './migrate.sql.ts';

const MIGRATIONS_FOLDER = new URL('../../../../prisma/migrations/', import.meta.url);
/** The key of Prisma's advisory lock, so that concurrent runs of `prisma migrate deploy` are serialised too. */
const MIGRATE_LOCK = 72_707_369;

/** SQLSTATE lock_not_available. */
const LOCK_TIMEOUT = '55P03';

type Migration = { name: string; sql: string; checksum: string };

export type MigrateOptions = ConnectOptions & {
  /** How long to wait for another migration, or for locks on tables. */
  lockSeconds?: number;
  /** Applies only these migrations. */
  only?: ReadonlySet<string>;
};

const LOCK_SECONDS = 60;
/** A pending table lock blocks other readers, for example while a backup reads the table. So wait only briefly at a time. */
const TABLE_LOCK_SECONDS = 3;
const TABLE_LOCK_PAUSE_MS = 2_000;

/**
 * Applies pending migrations and returns their names.
 * @throws AppError `unavailable` for connection errors and failed migrations
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  return withClient(databaseUrl, options, async (client) => {
    const names: string[] = [];
    if ((await listPending(client, options.only)).length === 0) return names;
    await checkPrerequisites(client);
    for (let name = ''; ;) {
      name = await applyNextPatiently(client, options.lockSeconds ?? LOCK_SECONDS, options.only);
      if (name === '') return names;
      names.push(name);
    }
  });
}

/**
 * Requires that all migrations are applied.
 * @throws AppError `unavailable`
 */
export async function requireMigrated(databaseUrl: string, options: ConnectOptions = {}): Promise<void> {
  await withClient(databaseUrl, options, async (client) => {
    const pending = await listPending(client);
    if (pending.length === 0) return;
    const sentence = `The database lacks ${pending.length} of this version's migrations. Run \`npm run vitrine -- migrate\`, or set MIGRATE=1.`;
    throw new AppError('unavailable', sentence);
  });
}

async function withClient<Result>(
  url: string,
  options: ConnectOptions,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = await connectDatabase(url, options);
  try {
    await inspectDatabase(client);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Lists the names of migrations that the database lacks. */
export async function listPendingMigrations(client: pg.Client): Promise<string[]> {
  return (await listPending(client)).map(({ name }) => name);
}

async function listPending(client: pg.Client, only?: ReadonlySet<string>): Promise<Migration[]> {
  const applied = await readApplied(client);
  return readMigrations().filter((migration) => (only?.has(migration.name) ?? true) && isPending(migration, applied));
}

/** Lists the names of this version's migrations in their order. */
export function listMigrations(): string[] {
  return readMigrations().map(({ name }) => name);
}

/** Retries up to the time limit while other sessions use a table that the migration changes. */
async function applyNextPatiently(client: pg.Client, lockSeconds: number, only?: ReadonlySet<string>): Promise<string> {
  const deadline = performance.now() + lockSeconds * 1_000;
  for (;;) {
    try {
      return await applyNext(client, lockSeconds, only);
    } catch (error) {
      const isTableInUse = isAppError(error) && errorCode(error.cause) === LOCK_TIMEOUT;
      if (!isTableInUse || performance.now() >= deadline) throw error;
      await sleep(TABLE_LOCK_PAUSE_MS);
    }
  }
}

/**
 * Applies the first pending migration and returns its name, or `''` if there is none. The migration and its row in the
 * migration table are one transaction. The lock is bound to the transaction, because a pooler might never release a
 * session lock.
 */
async function applyNext(client: pg.Client, lockSeconds: number, only?: ReadonlySet<string>): Promise<string> {
  await client.query('BEGIN');
  try {
    await setLockTimeout(client, lockSeconds);
    await takeLock(client, lockSeconds);
    await createMigrationTable(client);
    const [next] = await listPending(client, only);
    await setLockTimeout(client, Math.min(lockSeconds, TABLE_LOCK_SECONDS));
    if (next) await apply(client, next);
    await client.query('COMMIT');
    return next?.name ?? '';
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function takeLock(client: pg.Client, lockSeconds: number): Promise<void> {
  try {
    await lockMigrations(client, MIGRATE_LOCK);
  } catch (cause) {
    if (errorCode(cause) !== LOCK_TIMEOUT) throw cause;
    const sentence = `Another process has been migrating this database for ${lockSeconds} seconds. Start again when it has finished, or end the session that holds the advisory lock ${MIGRATE_LOCK}.`;
    throw new AppError('unavailable', sentence, { cause });
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
  const rows = await listRecorded(client);
  const failed = rows.find((row) => row.finishedAt === null);
  if (failed) {
    throw new AppError(
      'unavailable',
      `The migration ${failed.name} failed earlier. Repair the database and mark it with \`npx prisma migrate resolve\`.`,
    );
  }
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function isPending(migration: Migration, applied: Map<string, string>): boolean {
  const checksum = applied.get(migration.name);
  if (checksum === undefined) return true;
  if (checksum === migration.checksum) return false;
  throw new AppError('unavailable', `The migration ${migration.name} was modified after it was applied.`);
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql);
    await recordMigration(client, { id: randomUUID(), checksum: migration.checksum, name: migration.name });
  } catch (cause) {
    const reason =
      errorCode(cause) === LOCK_TIMEOUT
        ? 'other sessions use a table that it changes. Start again when they have finished'
        : cause instanceof Error
          ? cause.message
          : String(cause);
    throw new AppError('unavailable', `The migration ${migration.name} failed: ${reason}.`, { cause });
  }
}

// Prepares the database: waits for it, inspects it, migrates it, and detects a pooler such as PgBouncer.
import type { Config } from './config.ts';
import type { DatabaseSettings } from './platform/pg/database-config.ts';
import { connectDatabase, inspectDatabase, type ConnectOptions } from '#lib/platform/pg/connect-database.ts';
import { openDatabase, type Database } from '#lib/platform/pg/db.ts';
import { findMissingInternals, warnOfMissingInternals } from '#lib/platform/pg/driver-internals.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { ensureWritableFolder } from '#lib/platform/files.ts';
import type { Log } from '#lib/platform/log.ts';
import { requireNoRestore } from './backup/database/restore-mark.sql.ts';
import { migrate, requireMigrated } from '#lib/platform/pg/migrations/migrate.ts';

const NO_SESSIONS =
  'DATABASE_URL points to a pooler. Set DATABASE_DIRECT_URL to the address of the database itself to enable caching and immediate job starts.';

/** Wraps each slow step, to report progress to the operator. */
export type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** `embedded` is null if the operator configured a database. */
export type SiteDatabase = Database & { embedded: EmbeddedPostgres | null };

type SiteConfig = Pick<Config, 'dataDir' | 'databaseUrl' | 'database'>;

/**
 * Opens the site's database, starting the embedded PostgreSQL if no other is configured. Runs no statement on the
 * returned pools, because the pull cache must observe them from the first one on.
 * @throws AppError with a message for the operator
 */
export async function openSiteDatabase(
  { dataDir, databaseUrl, database: settings }: SiteConfig,
  log: Log,
  step: Step = (_name, work) => work(),
): Promise<SiteDatabase> {
  return open({ dataDir, databaseUrl, database: settings }, log, step, 'migrate');
}

/**
 * As `openSiteDatabase`, but leaves the schema as it is, for a backup.
 * @throws AppError with a message for the operator
 */
export async function openUnmigratedDatabase(config: SiteConfig, log: Log): Promise<SiteDatabase> {
  return open(config, log, (_name, work) => work(), 'leave');
}

async function open(
  { dataDir, databaseUrl, database: settings }: SiteConfig,
  log: Log,
  step: Step,
  schema: 'migrate' | 'leave',
): Promise<SiteDatabase> {
  const start = () => startEmbeddedPostgres({ dataDir, database: 'vitrine' });
  const embedded = databaseUrl ? null : await step('embedded PostgreSQL', start);
  try {
    const url = databaseUrl ?? embedded?.url ?? '';
    const database = await step('database migrations', () => prepareDatabase(url, settings, log, schema));
    const close = async () => {
      await database.close();
      await embedded?.stop();
    };
    return { ...database, embedded, close };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/**
 * Starts the embedded PostgreSQL, if any, and migrates, before several processes of this machine open the site. Returns what
 * it started.
 * @throws AppError with a message for the operator
 */
export async function openSiteForProcesses(
  { dataDir, databaseUrl, database: settings }: SiteConfig,
  log: Log,
  step: Step,
): Promise<EmbeddedPostgres | null> {
  if (databaseUrl === undefined) ensureWritableFolder(dataDir, 'DATA_DIR');
  const start = () => startEmbeddedPostgres({ dataDir, database: 'vitrine' });
  const embedded = databaseUrl ? null : await step('embedded PostgreSQL', start);
  try {
    const url = databaseUrl ?? embedded?.url ?? '';
    await step('database migrations', () => migrateDatabase(url, settings, log));
    return embedded;
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function migrateDatabase(url: string, config: DatabaseSettings, log: Log): Promise<void> {
  const { directUrl = url, waitSeconds, isMigrating } = config;
  const variable = directUrl === url ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL';
  const direct = { waitSeconds, onWait: (reason: string) => log.warn(reason), variable };
  await inspect(directUrl, direct);
  if (isMigrating) await migrate(directUrl, direct);
  else await requireMigrated(directUrl, direct);
}

/** @throws AppError `unavailable` with a message for the operator */
async function prepareDatabase(
  url: string,
  config: DatabaseSettings,
  log: Log,
  schema: 'migrate' | 'leave',
): Promise<Database> {
  const { directUrl = url, poolSize, waitSeconds } = config;
  const waiting = { waitSeconds, onWait: (reason: string) => log.warn(reason) };
  const direct = { ...waiting, variable: directUrl === url ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL' };
  const inspected = await inspect(directUrl, direct);
  warnOfMissingInternals(log, inspected.missingInternals);
  const hasSessions = !inspected.isPooled;
  const isBehindPooler = directUrl === url ? !hasSessions : (await inspect(url, waiting)).isPooled;
  if (!hasSessions) log.warn(NO_SESSIONS);
  if (schema === 'migrate') await migrateDatabase(url, config, log);
  return openDatabase(url, {
    poolSize,
    hasSessions,
    isBehindPooler,
    directUrl: directUrl === url ? undefined : directUrl,
    usesPreparedStatements: config.preparedStatements === 'auto' ? !isBehindPooler : config.preparedStatements === '1',
    onError: (error) => log.warn({ err: error }, 'lost a database connection'),
  });
}

async function inspect(url: string, options: ConnectOptions) {
  const client = await connectDatabase(url, options);
  try {
    const { isPooled } = await inspectDatabase(client);
    await requireNoRestore(client);
    return { isPooled, missingInternals: findMissingInternals(client) };
  } finally {
    await client.end();
  }
}

// The composition root: every long-lived thing of the process, built once. Next loads this module several times in one
// process, so the App hangs on globalThis, not on the module.
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { openDiskStore } from '#lib/blobs/disk-store.ts';
import { createPullCounter, type PullCounter } from '#lib/catalog/pull-counter.ts';
import { deriveAuthKeys, type AuthKeys } from '#lib/identity/auth-keys.ts';
import { migrateJobs } from '#lib/jobs/run-worker.ts';
import type { Config } from '#lib/platform/config.ts';
import { openDatabase, type Db } from '#lib/platform/db.ts';
import { startEmbeddedPostgres } from '#lib/platform/embedded-postgres.ts';
import { AppError } from '#lib/platform/errors.ts';
import { ensureWritableFolder } from '#lib/platform/files.ts';
import type { Log } from '#lib/platform/log.ts';
import { migrate } from '#lib/platform/migrate.ts';
import { createPostgresIndex } from '#lib/search/postgres-index.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';

export type App = {
  config: Config;
  log: Log;
  db: Db;
  pool: pg.Pool;
  blobs: BlobStore;
  search: SearchIndex;
  pullCounter: PullCounter;
  authKeys: AuthKeys;
  /** Writes what is only in memory, then lets go of the database; an embedded one stops with its last user. */
  close: () => Promise<void>;
};

export type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

const KEY = Symbol.for('vitrine.App');

/**
 * Opens everything, migrations included. `step` wraps each slow part, so that the operator sees what takes time.
 * @throws AppError with a sentence for the operator
 */
export async function createApp(config: Config, log: Log, step: Step = (_name, work) => work()): Promise<App> {
  ensureWritableFolder(config.dataDir, 'DATA_DIR');
  const embedded = config.databaseUrl
    ? null
    : await step('embedded PostgreSQL', () => startEmbeddedPostgres({ dataDir: config.dataDir, database: 'vitrine' }));
  try {
    const url = config.databaseUrl ?? embedded?.url ?? '';
    await step('database migrations', () => migrate(url));
    const database = openDatabase(url, (error) => log.warn({ err: error }, 'a database connection was lost'));
    const { db, pool } = database;
    await migrateJobs(pool, log);
    const pullCounter = createPullCounter({ pool, log });
    return {
      config,
      log,
      db,
      pool,
      blobs: await openDiskStore(config.dataDir),
      search: createPostgresIndex(db),
      pullCounter,
      authKeys: deriveAuthKeys(config),
      close: async () => {
        await pullCounter.close();
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** Makes this App the one that `getApp` answers. */
export function shareApp(app: App): void {
  (globalThis as Record<symbol, unknown>)[KEY] = app;
}

/** The App of this process, in whichever copy of this module the caller was loaded. */
export function getApp(): App {
  const app = (globalThis as Record<symbol, unknown>)[KEY] as App | undefined;
  if (!app) throw new AppError('internal', 'The App was asked for before server.ts had built it.');
  return app;
}

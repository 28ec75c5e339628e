// One throw-away PostgreSQL for the whole run, with one migrated database that tests copy.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrateJobs } from '#lib/platform/jobs/run-worker.ts';
import { openDatabase } from '#lib/platform/pg/db.ts';
import { startEmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { createLog } from '#lib/platform/log.ts';
import { migrate } from '#lib/platform/pg/migrations/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    templateUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-vitest-'));
  const postgres = await startEmbeddedPostgres({ dataDir, database: 'template', isThrowaway: true });
  await migrate(postgres.url);
  const { pool, close } = openDatabase(postgres.url, { onError: () => undefined });
  await migrateJobs(pool, createLog('silent', false));
  await close();
  project.provide('templateUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

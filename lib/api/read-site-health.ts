// Collects the figures that an operator checks first when something is wrong.
import { requireAllowed } from '#lib/access/authorize.ts';
import type { StoreSpace, Volume } from '#lib/blobs/volume.ts';
import { countDamagedBlobs } from '#lib/distribution/integrity/count-damaged-blobs.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { countJobs, listJobFailures, type JobFailure, type QueueCounts } from '#lib/platform/jobs/read-queue.sql.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';
import { readEngineState, type SearchEngineState } from '#lib/search/meilisearch/read-engine-state.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { readServer } from './read-site-health.sql.ts';

const MAX_FAILURES = 20;

export type SiteHealth = {
  database: { sizeBytes: number; answerMs: number };
  /**
   * `problem` explains why writing fails. `damagedCount` counts blobs with lost or corrupt bytes, which are never
   * served.
   */
  blobStore: { problem: string | null; blobCount: number; sizeBytes: number; damagedCount: number };
  /** Null: the volume is missing. */
  disk: StoreSpace | null;
  search: SearchEngineState;
  jobs: QueueCounts & { failures: JobFailure[] };
  /** Background runs paused until an operator confirms them. */
  pausedRuns: { run: string; reason: string; pausedAt: Date }[];
  versions: { vitrine: string; node: string; postgres: string };
  startedAt: Date;
};

type HealthApp = { db: Db; volume: Volume; config: ServerConfig; meilisearch: MeilisearchServer | null };

/** @throws AppError `forbidden` */
export async function readSiteHealth(app: HealthApp, { caller }: { caller: UserCaller }): Promise<SiteHealth> {
  requireAllowed({ ...caller, action: 'vitrine:ReadSite' });
  const [{ postgres, ...database }, problem, blobs, damagedCount, search, counts, failures, pausedRuns] =
    await Promise.all([
      readDatabase(app),
      app.volume.findWriteProblem(),
      app.db.blob.aggregate({ _count: true, _sum: { sizeBytes: true } }),
      countDamagedBlobs(app),
      readEngineState(app.db, app.meilisearch),
      countJobs(app),
      listJobFailures(app, { limit: MAX_FAILURES }),
      app.db.pausedRun.findMany({ orderBy: { run: 'asc' } }),
    ]);
  return {
    database,
    blobStore: { problem, blobCount: blobs._count, sizeBytes: Number(blobs._sum.sizeBytes ?? 0), damagedCount },
    disk: app.volume.readSpace(),
    search,
    jobs: { ...counts, failures },
    pausedRuns,
    versions: { vitrine: packageJson.version, node: process.versions.node, postgres },
    startedAt: new Date(Date.now() - process.uptime() * 1_000),
  };
}

async function readDatabase({ db }: { db: Db }) {
  const startedMs = performance.now();
  const row = await readServer(db);
  const answerMs = Math.round(performance.now() - startedMs);
  return { postgres: row?.postgres ?? '', sizeBytes: Number(row?.sizeBytes ?? 0), answerMs };
}

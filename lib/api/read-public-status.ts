// What strangers may know about the site's health: whether it works, not how or why.
import type { Volume } from '#lib/blobs/volume.ts';
import type { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import { readQueueDelaySeconds } from '#lib/platform/jobs/read-queue.sql.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isReadOnly } from '#lib/site/maintenance.ts';
import type { SiteSettingsCache } from '#lib/site/site-settings.ts';
import type { MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';

export const SERVICES = ['pulls', 'pushes', 'search', 'background'] as const;
export type Service = (typeof SERVICES)[number];
export const SERVICE_STATES = ['working', 'limited', 'down'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

export type PublicStatus = { services: Record<Service, ServiceState>; checkedAt: Date };

type StatusApp = {
  db: Db;
  volume: Volume;
  siteSettings: Pick<SiteSettingsCache, 'read'>;
  meilisearch: MeilisearchServer | null;
  publicStatus: RecentResults<PublicStatus>;
};

/** Any number of visitors cost one check in this time. */
const MAX_AGE_MS = 10_000;
const SEARCH_TIMEOUT_MS = 1_000;
/** Retries of single jobs wait for minutes, so a shorter delay means nothing. */
const LATE_SECONDS = 900;

export async function readPublicStatus(app: StatusApp): Promise<PublicStatus> {
  return app.publicStatus.get(String(Math.floor(Date.now() / MAX_AGE_MS)), () => checkServices(app));
}

async function checkServices(app: StatusApp): Promise<PublicStatus> {
  const [readOnly, canRead, canWrite, canSearch, delaySeconds] = await Promise.all([
    isReadOnly(app),
    succeeds(app.volume.requireReadable()),
    succeeds(app.volume.requireWritable()),
    app.meilisearch ? answers(app.meilisearch) : true,
    readQueueDelaySeconds(app).catch(() => null),
  ]);
  const hasDatabase = delaySeconds !== null;
  const stateOf = (works: boolean, otherwise: ServiceState = 'down') =>
    !hasDatabase ? 'down' : works ? 'working' : otherwise;
  const services = {
    pulls: stateOf(canRead),
    pushes: stateOf(canWrite && !readOnly),
    // The database answers in place of the search engine.
    search: stateOf(canSearch, 'limited'),
    background: stateOf(hasDatabase && delaySeconds < LATE_SECONDS, 'limited'),
  };
  return { services, checkedAt: new Date() };
}

function answers({ reader }: MeilisearchServer): Promise<boolean> {
  const timeout = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), SEARCH_TIMEOUT_MS).unref());
  return Promise.race([succeeds(reader.health()), timeout]);
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

import type pg from 'pg';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { feedMeilisearch } from '#lib/search/meilisearch/meilisearch-feed.ts';
import type { MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';

export const FEED_SEARCH = 'feed-search';

/** Until a transaction that holds changes back may have ended. */
const RETRY_SECONDS = 1;

type EnqueueApp = { db: DbOrTx; config: Pick<Config, 'meilisearch'> };

/** Where there is a search engine beside the database. Whatever changes while one batch is sent is the next one. */
export async function enqueueFeed({ db, config }: EnqueueApp, delaySeconds = 0): Promise<void> {
  if (config.meilisearch) await enqueueJob(db, FEED_SEARCH, {}, { key: FEED_SEARCH, delaySeconds });
}

type FeedApp = { db: Db; pool: pg.Pool; log: Log; config: Config; meilisearch: MeilisearchServer | null };

/** Sends what has changed. A server that is away is tried again every minute (worker.ts); the health page tells of it. */
export async function feedSearch(app: FeedApp): Promise<void> {
  const { db, pool, log, meilisearch: server } = app;
  if (!server) return;
  try {
    const { isBehind } = await feedMeilisearch({ db, pool, server }, (done, total) => {
      if (done === total) log.info({ repositories: total }, 'the search engine was filled');
    });
    if (isBehind) await enqueueFeed(app, RETRY_SECONDS);
  } catch (error) {
    log.warn({ err: error }, 'the search engine could not be brought up to date');
  }
}

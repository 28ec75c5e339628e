import type pg from 'pg';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import type { SearchConfig } from '#lib/search/search-config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { feedMeilisearch } from '#lib/search/meilisearch/meilisearch-feed.ts';
import type { MeilisearchServer } from '#lib/search/meilisearch/meilisearch-server.ts';

export const FEED_SEARCH = 'feed-search';

/** Delay until transactions that hold changes back have probably ended. */
const RETRY_SECONDS = 1;

type EnqueueApp = { db: DbOrTx; config: Pick<SearchConfig, 'meilisearch'> };

/** Does nothing without Meilisearch. Changes made while a batch is sent go into the next one. */
export async function enqueueFeed({ db, config }: EnqueueApp, delaySeconds = 0): Promise<void> {
  if (config.meilisearch) await enqueueJob(db, FEED_SEARCH, {}, { key: FEED_SEARCH, delaySeconds });
}

type FeedApp = { db: Db; pool: pg.Pool; log: Log; config: SearchConfig; meilisearch: MeilisearchServer | null };

/** Sends pending changes. While the server is down, worker.ts retries every minute and the health page reports it. */
export async function feedSearch(app: FeedApp): Promise<void> {
  const { db, pool, log, meilisearch: server } = app;
  if (!server) return;
  try {
    const { isBehind } = await feedMeilisearch({ db, pool, server }, (done, total) => {
      if (done === total) log.info({ repositories: total }, 'Meilisearch index filled');
    });
    if (isBehind) await enqueueFeed(app, RETRY_SECONDS);
  } catch (error) {
    log.warn({ err: error }, 'feeding Meilisearch failed');
  }
}

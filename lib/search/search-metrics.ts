import { defineMetrics, type MetricGroup } from '#lib/platform/metrics/define-metrics.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FeedLag } from './meilisearch/feed-lag.ts';
import type { MeilisearchServer } from './meilisearch/meilisearch-server.ts';
import type { SearchCounts } from './search-counts.ts';

const BY = ['engine', 'fallback'] as const;

export const SEARCH_METRICS: MetricGroup<{ counts: { search: SearchCounts } }> = defineMetrics(
  {
    vitrine_search_answers_total: {
      kind: 'counter',
      help: 'Searches, facets and suggestions that no cache answered. The fallback is the database while Meilisearch is down',
      labels: { by: BY },
    },
  },
  ({ counts }) => ({
    vitrine_search_answers_total: BY.map((by) => ({ labels: { by }, value: counts.search[by] })),
  }),
);

type FeedSource = { db: Db; meilisearch: MeilisearchServer | null; counts: { feedLag: FeedLag } };

/** Without Meilisearch, searches read the database's own documents, and the feed has no samples. */
export const FEED_METRICS: MetricGroup<FeedSource> = defineMetrics(
  {
    vitrine_search_engine_up: {
      kind: 'gauge',
      help: '1 if Meilisearch answers. No sample without Meilisearch',
      merge: 'max',
    },
    vitrine_search_feed_pending_changes: {
      kind: 'gauge',
      help: 'Changed repositories that Meilisearch lacks',
      merge: 'max',
    },
    vitrine_search_feed_lag_seconds: {
      kind: 'gauge',
      help: 'How long Meilisearch has lacked changes, as far as this process has looked',
      merge: 'max',
    },
  },
  async ({ db, meilisearch, counts }) => {
    const lag = meilisearch && (await counts.feedLag.read(db, meilisearch).catch(() => null));
    return {
      vitrine_search_engine_up: meilisearch ? (lag ? 1 : 0) : null,
      vitrine_search_feed_pending_changes: lag?.pending ?? null,
      vitrine_search_feed_lag_seconds: lag?.seconds ?? null,
    };
  },
);

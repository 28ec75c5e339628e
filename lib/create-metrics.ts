// Every metric, by the room that it belongs to. `npm run docs` writes docs/metrics.md from them.
import type { App } from './app.ts';
import { BLOB_METRICS, VOLUME_METRICS } from '#lib/blobs/blob-metrics.ts';
import { GARBAGE_METRICS, INTEGRITY_METRICS, REGISTRY_METRICS } from '#lib/distribution/distribution-metrics.ts';
import { DELIVERY_METRICS, WEBHOOK_BACKLOG_METRICS } from '#lib/outbound/deliveries/delivery-metrics.ts';
import { DATABASE_METRICS, POOL_METRICS } from '#lib/platform/metrics/database-metrics.ts';
import { defineMetrics, type MetricGroup } from '#lib/platform/metrics/define-metrics.ts';
import { ERROR_METRICS } from '#lib/platform/metrics/error-metrics.ts';
import { JOB_METRICS, QUEUE_METRICS } from '#lib/platform/metrics/job-metrics.ts';
import { MetricsPage } from '#lib/platform/metrics/metrics-page.ts';
import { PROCESS_METRICS } from '#lib/platform/metrics/process-metrics.ts';
import { REQUEST_METRICS } from '#lib/platform/metrics/request-metrics.ts';
import { isReadOnly } from '#lib/site/maintenance.ts';
import { FEED_METRICS, SEARCH_METRICS } from '#lib/search/search-metrics.ts';
import { MIRROR_CACHE_METRICS, UPSTREAM_METRICS } from '#lib/upstream/pull-through/upstream-metrics.ts';

const CACHES = ['repositories', 'content', 'tokens', 'rights', 'blobs', 'policies', 'searches'] as const;

const CACHE_METRICS: MetricGroup<App> = defineMetrics(
  {
    vitrine_cache_lookups_total: {
      kind: 'counter',
      help: 'Lookups in the caches of this process',
      labels: { cache: CACHES, result: ['hit', 'miss'] },
    },
  },
  (app) => {
    const counts = {
      repositories: app.pullCache.counts.repositories,
      content: app.pullCache.counts.content,
      tokens: app.verifiedTokens.counts,
      rights: app.pullRights.counts,
      blobs: app.counts.hotBlobs,
      policies: app.policies.counts,
      searches: app.counts.searchCache,
    } satisfies Record<(typeof CACHES)[number], { hits: number; misses: number }>;
    return {
      vitrine_cache_lookups_total: CACHES.flatMap((cache) => [
        { labels: { cache, result: 'hit' }, value: counts[cache].hits },
        { labels: { cache, result: 'miss' }, value: counts[cache].misses },
      ]),
    };
  },
);

const SITE_METRICS: MetricGroup<App> = defineMetrics(
  { vitrine_maintenance: { kind: 'gauge', help: '1 while the site is read-only for maintenance' } },
  async (app) => ({ vitrine_maintenance: (await isReadOnly(app)) ? 1 : 0 }),
  { isOfSite: true },
);

const CERTIFICATE_METRICS: MetricGroup<App> = defineMetrics(
  {
    vitrine_certificate_expiry_timestamp_seconds: {
      kind: 'gauge',
      help: 'When the certificate in use expires, with TLS_CERT or ACME_EMAIL',
      merge: 'min',
    },
  },
  ({ counts: { certificate } }) => ({
    vitrine_certificate_expiry_timestamp_seconds: certificate.expiresAt && certificate.expiresAt.getTime() / 1000,
  }),
);

/** In the order of the docs, under their headings. */
export const METRIC_SECTIONS: Record<string, readonly MetricGroup<App>[]> = {
  Requests: [REQUEST_METRICS, ERROR_METRICS],
  // The pool first, before the statements of this scrape use it.
  Database: [POOL_METRICS, DATABASE_METRICS],
  'Pulls and pushes': [REGISTRY_METRICS],
  Storage: [BLOB_METRICS, VOLUME_METRICS, INTEGRITY_METRICS],
  'Garbage collection': [GARBAGE_METRICS],
  'Background jobs': [JOB_METRICS, QUEUE_METRICS],
  Caches: [CACHE_METRICS],
  Search: [SEARCH_METRICS, FEED_METRICS],
  Mirrors: [UPSTREAM_METRICS, MIRROR_CACHE_METRICS],
  Webhooks: [DELIVERY_METRICS, WEBHOOK_BACKLOG_METRICS],
  Process: [PROCESS_METRICS],
  Site: [SITE_METRICS, CERTIFICATE_METRICS],
};

export function createMetrics(app: App): MetricsPage<App> {
  return new MetricsPage(Object.values(METRIC_SECTIONS).flat(), app);
}

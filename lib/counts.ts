// What this process counts for /metrics. Plain numbers in memory, because a warm pull takes only microseconds.
import { StorageErrors } from '#lib/blobs/counted/storage-errors.ts';
import { GarbageCounts } from '#lib/distribution/garbage/garbage-counts.ts';
import type { LimitCounts } from '#lib/distribution/http/request-limits.ts';
import { JobCounts } from '#lib/platform/jobs/job-counts.ts';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import { ErrorCounts } from '#lib/platform/metrics/error-metrics.ts';
import { DeliveryCounts } from '#lib/outbound/deliveries/delivery-counts.ts';
import { FeedLag } from '#lib/search/meilisearch/feed-lag.ts';
import type { SearchCounts } from '#lib/search/search-counts.ts';

export type ProcessCounts = {
  errors: ErrorCounts;
  storage: StorageErrors;
  hotBlobs: CacheCount;
  pushes: { manifests: number };
  limits: LimitCounts;
  garbage: GarbageCounts;
  jobs: JobCounts;
  deliveries: DeliveryCounts;
  search: SearchCounts;
  searchCache: CacheCount;
  feedLag: FeedLag;
  /** Null: no TLS, or no certificate yet. */
  certificate: { expiresAt: Date | null };
};

export function createCounts(): ProcessCounts {
  return {
    errors: new ErrorCounts(),
    storage: new StorageErrors(),
    hotBlobs: new CacheCount(),
    pushes: { manifests: 0 },
    limits: { pulls: 0, tokens: 0 },
    garbage: new GarbageCounts(),
    jobs: new JobCounts(),
    deliveries: new DeliveryCounts(),
    search: { engine: 0, fallback: 0 },
    searchCache: new CacheCount(),
    feedLag: new FeedLag(),
    certificate: { expiresAt: null },
  };
}

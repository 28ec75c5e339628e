// What pull-through keeps in memory while a process lives. All of it may be lost: nothing here is the truth.
import { LRUCache } from 'lru-cache';
import { SingleFlight } from '#lib/platform/single-flight.ts';
import type { BlobFlight } from './blob-flight.ts';
import type { CacheStats } from './cache-stats.ts';
import type { UpstreamSettings } from './load-upstream.ts';
import type { Freshness } from './refresh-manifest.ts';
import type { UpstreamClient } from './upstream-client.ts';

const MAX_SETTINGS = 1_000;
const SETTINGS_TTL_MS = 5_000;
const MAX_MISSING = 50_000;
const MISSING_TTL_MS = 30_000;
const MAX_PAUSES = 50_000;
const PAUSE_TTL_MS = 10_000;
const MAX_USES = 100_000;
const USE_TTL_MS = 60 * 60 * 1000;

export type UpstreamRuntime = {
  client: UpstreamClient;
  stats: CacheStats;
  /** Blobs on their way here, by repository and digest. */
  blobFlights: Map<string, BlobFlight>;
  refreshes: SingleFlight<Freshness>;
  lists: SingleFlight<unknown>;
  settings: LRUCache<bigint, UpstreamSettings>;
  /** What an upstream said a moment ago that it does not have. */
  missing: LRUCache<string, true>;
  /** What could not be asked for a moment ago, and is served from its old copy meanwhile, with why. */
  pauses: LRUCache<string, string>;
  /** Blobs whose last use has been written down within the hour. */
  noted: LRUCache<string, true>;
  /** Aborted when the process stops. */
  closing: AbortController;
};

export function createUpstreamRuntime(client: UpstreamClient, stats: CacheStats): UpstreamRuntime {
  return {
    client,
    stats,
    blobFlights: new Map(),
    refreshes: new SingleFlight(),
    lists: new SingleFlight(),
    settings: new LRUCache({ max: MAX_SETTINGS, ttl: SETTINGS_TTL_MS }),
    missing: new LRUCache({ max: MAX_MISSING, ttl: MISSING_TTL_MS }),
    pauses: new LRUCache({ max: MAX_PAUSES, ttl: PAUSE_TTL_MS }),
    noted: new LRUCache({ max: MAX_USES, ttl: USE_TTL_MS }),
    closing: new AbortController(),
  };
}

/** Ends what is under way, and writes what is only in memory. */
export async function closeUpstreamRuntime(runtime: UpstreamRuntime): Promise<void> {
  runtime.closing.abort(new Error('the process stops'));
  await Promise.allSettled([...runtime.blobFlights.values()].map((flight) => flight.ended));
  await runtime.client.close();
  await runtime.stats.close();
}

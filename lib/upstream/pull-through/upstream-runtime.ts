// What pull-through keeps in memory while a process lives. All of it may be lost: nothing here is the truth.
import { LRUCache } from 'lru-cache';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import type { CacheStats } from './cache-stats.ts';
import type { CacheStatus, TagRule } from '#lib/upstream/schema.ts';
import type { UpstreamAddress, UpstreamClient } from '#lib/upstream/client/upstream-client.ts';

const MAX_SETTINGS = 1_000;
const SETTINGS_TTL_MS = 5_000;
const MAX_MISSING = 50_000;
const MISSING_TTL_MS = 30_000;
const MAX_PAUSES = 50_000;
const PAUSE_TTL_MS = 10_000;
const MAX_USES = 100_000;
const USE_TTL_MS = 60 * 60 * 1000;

/** An upstream as its publisher has set it up. */
export type UpstreamSettings = UpstreamAddress & {
  tagTtlSeconds: number;
  tagRules: TagRule[];
  staleSeconds: number;
};

/** How a manifest was brought up to date. `warning` says, for `STALE`, why an old copy is served. */
export type Freshness = { repositoryId: bigint; status: CacheStatus; warning: string | null };

/** One blob on its way here. */
export type BlobFlight = {
  /** Opens it for one more reader, as soon as its size is known. Rejects when it can't be had. */
  open: () => Promise<OpenBlob>;
  /** Resolves when it is here and linked, or has failed. Never rejects. */
  ended: Promise<void>;
};

export type UpstreamRuntime = {
  client: UpstreamClient;
  stats: CacheStats;
  /** Reads what is large, whoever serves it. */
  offload: Offload;
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

export function createUpstreamRuntime(parts: Pick<UpstreamRuntime, 'client' | 'stats' | 'offload'>): UpstreamRuntime {
  return {
    ...parts,
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

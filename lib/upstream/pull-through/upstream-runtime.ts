// The in-memory state of pull-through. Losing it costs requests, but no data.
import { LRUCache } from 'lru-cache';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import type { FlightOwners, Freshness } from './flight-owners.ts';
import type { CacheStats } from './cache-stats.ts';
import type { TagRule } from '#lib/upstream/schema.ts';
import type { UpstreamAddress, UpstreamClient, UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';

const MAX_SETTINGS = 1_000;
const SETTINGS_TTL_MS = 5_000;
const MAX_MISSING = 50_000;
const MISSING_TTL_MS = 30_000;
const MAX_PAUSES = 50_000;
const PAUSE_TTL_MS = 10_000;
const MAX_USES = 100_000;
const USE_TTL_MS = 60 * 60 * 1000;

/** An upstream with its publisher's settings. */
export type UpstreamSettings = UpstreamAddress & {
  tagTtlSeconds: number;
  tagRules: TagRule[];
  staleSeconds: number;
  /** As last stored by any process of the site. */
  rateLimit: UpstreamRateLimit | null;
};

/** One blob being fetched. */
export type BlobFlight = {
  /** Opens the blob for one more reader as soon as its size is known. Rejects when it can't be fetched. */
  open: () => Promise<OpenBlob>;
  /** Resolves once the blob is stored and linked, or has failed. Never rejects. */
  ended: Promise<void>;
};

export type UpstreamRuntime = {
  client: UpstreamClient;
  stats: CacheStats;
  /** Parses large documents off the event loop. */
  offload: Offload;
  /** Blobs being fetched, by repository and digest. */
  blobFlights: Map<string, BlobFlight>;
  refreshes: SingleFlight<Freshness>;
  lists: SingleFlight<unknown>;
  settings: LRUCache<bigint, UpstreamSettings>;
  /** Names that an upstream recently reported as missing. */
  missing: LRUCache<string, true>;
  /** Names whose refresh recently failed, with the reason. Their stale copies are served meanwhile. */
  pauses: LRUCache<string, string>;
  /** Blobs whose use was recorded within the last hour. */
  noted: LRUCache<string, true>;
  /** Which process of this machine fetches a blob or a manifest. Null: this one is alone. */
  owners: FlightOwners | null;
  /** Rejects with `read_only` during maintenance, when nothing may be stored. */
  requireWritable: () => Promise<void>;
  /** Aborted on shutdown. */
  closing: AbortController;
};

type RuntimeParts = Pick<UpstreamRuntime, 'client' | 'stats' | 'offload' | 'settings' | 'owners' | 'requireWritable'>;

export function createSettingsCache(): UpstreamRuntime['settings'] {
  return new LRUCache({ max: MAX_SETTINGS, ttl: SETTINGS_TTL_MS });
}

export function createUpstreamRuntime(parts: RuntimeParts): UpstreamRuntime {
  return {
    ...parts,
    blobFlights: new Map(),
    refreshes: new SingleFlight(),
    lists: new SingleFlight(),
    missing: new LRUCache({ max: MAX_MISSING, ttl: MISSING_TTL_MS }),
    pauses: new LRUCache({ max: MAX_PAUSES, ttl: PAUSE_TTL_MS }),
    noted: new LRUCache({ max: MAX_USES, ttl: USE_TTL_MS }),
    closing: new AbortController(),
  };
}

/** Ends running fetches and flushes counts. */
export async function closeUpstreamRuntime(runtime: UpstreamRuntime): Promise<void> {
  runtime.closing.abort(new Error('this site is shutting down'));
  await Promise.allSettled([...runtime.blobFlights.values()].map((flight) => flight.ended));
  runtime.owners?.close();
  await runtime.client.close();
  await runtime.stats.close();
}

// Per-client rate limits with a fixed window. Counted in memory, so each machine counts separately and restarts reset the counts.
// In exchange, requests need no query. Processes of one machine tell each other what they have counted.
import { LRUCache } from 'lru-cache';
import { createNetworkFilter } from '#lib/platform/net/public-address.ts';
import { networkOf, normaliseAddress } from './client-network.ts';

/** About 10 MB. With more clients in one window, the least recently seen are forgotten. */
const MAX_CLIENTS = 50_000;

export type ClientLimitOptions = {
  /** Per window; 0 if unlimited. */
  limit: number;
  windowSeconds: number;
  /** Networks exempt from the limit. */
  unlimitedNetworks: string[];
  /** Count for the same clients. Null: this process counts alone. */
  peers?: CountPeers | null;
  /** A monotonic clock in milliseconds. */
  now?: () => number;
};

export type CountPeers = {
  /** Tells the others soon. */
  tell: (client: string) => void;
  hear: (handle: (client: string, count: number) => void) => void;
};

export type Quota = {
  /** An IPv4 address or an IPv6 /64. */
  client: string;
  limit: number;
  windowSeconds: number;
  remaining: number;
  /** Seconds until the window ends; at least 1. */
  resetSeconds: number;
};

export type ClientLimit = {
  /** Counts a request unless the limit is reached. `quota` is null for exempt clients. */
  take: (address: string | null) => { isAllowed: boolean; quota: Quota | null };
  /** Returns the quota without counting. */
  look: (address: string | null) => Quota | null;
};

type Count = { count: number; startedAtMs: number };

/** A client's window starts with its first request. */
export function createClientLimit(options: ClientLimitOptions): ClientLimit {
  const { limit, windowSeconds, unlimitedNetworks, peers = null, now = () => performance.now() } = options;
  const isUnlimited = createNetworkFilter(unlimitedNetworks);
  const counts = new LRUCache<string, Count>({ max: MAX_CLIENTS });

  const findClient = (address: string | null): string | null => {
    if (limit === 0 || address === null) return null;
    const normal = normaliseAddress(address);
    return normal === null || isUnlimited(normal) ? null : networkOf(normal);
  };
  const current = (client: string): Count => {
    const existing = counts.get(client);
    if (existing && now() - existing.startedAtMs < windowSeconds * 1000) return existing;
    return { count: 0, startedAtMs: now() };
  };
  const toQuota = (client: string, { count, startedAtMs }: Count): Quota => {
    const leftMs = windowSeconds * 1000 - (now() - startedAtMs);
    const resetSeconds = Math.max(1, Math.ceil(leftMs / 1000));
    return { client, limit, windowSeconds, remaining: Math.max(0, limit - count), resetSeconds };
  };
  peers?.hear((client, count) => {
    const entry = current(client);
    entry.count += count;
    counts.set(client, entry);
  });

  return {
    take: (address) => {
      const client = findClient(address);
      if (client === null) return { isAllowed: true, quota: null };
      const entry = current(client);
      const isAllowed = entry.count < limit;
      if (isAllowed) {
        entry.count += 1;
        counts.set(client, entry);
        peers?.tell(client);
      }
      return { isAllowed, quota: toQuota(client, entry) };
    },
    look: (address) => {
      const client = findClient(address);
      return client === null ? null : toQuota(client, current(client));
    },
  };
}

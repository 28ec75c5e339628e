// How often a client may do something. Counted in the memory of this process: each replica counts for itself, and forgets
// with a restart. That costs a request no query, and what is counted is no secret worth one.
import { LRUCache } from 'lru-cache';
import { createNetworkFilter } from '#lib/platform/net/public-address.ts';
import { networkOf, normaliseAddress } from './client-network.ts';

/** About 10 MB. With more clients than that in one window, those not seen for longest begin anew. */
const MAX_CLIENTS = 50_000;

export type ClientLimitOptions = {
  /** In each window; 0: no limit. */
  limit: number;
  windowSeconds: number;
  /** Networks whose clients are not counted. */
  unlimitedNetworks: string[];
  /** Milliseconds from any point in time, never going back. */
  now?: () => number;
};

export type Quota = {
  /** What counts as the client: an IPv4 address or an IPv6 /64. */
  client: string;
  limit: number;
  windowSeconds: number;
  remaining: number;
  /** Until the client may do as much as ever again; at least 1. */
  resetSeconds: number;
};

export type ClientLimit = {
  /** Counts one and answers true, or answers false when the client has had its share. `quota` is null for who isn't counted. */
  take: (address: string | null) => { isAllowed: boolean; quota: Quota | null };
  /** As it stands, without counting. */
  look: (address: string | null) => Quota | null;
};

type Count = { count: number; startedAtMs: number };

/** A window begins with a client's first request and ends for all of them at once. */
export function createClientLimit(options: ClientLimitOptions): ClientLimit {
  const { limit, windowSeconds, unlimitedNetworks, now = () => performance.now() } = options;
  const isUnlimited = createNetworkFilter(unlimitedNetworks);
  const counts = new LRUCache<string, Count>({ max: MAX_CLIENTS });

  const findClient = (address: string | null): string | null => {
    if (limit === 0 || address === null) return null;
    const normal = normaliseAddress(address);
    return normal === null || isUnlimited(normal) ? null : networkOf(normal);
  };
  const current = (client: string): Count => {
    const known = counts.get(client);
    if (known && now() - known.startedAtMs < windowSeconds * 1000) return known;
    return { count: 0, startedAtMs: now() };
  };
  const toQuota = (client: string, { count, startedAtMs }: Count): Quota => {
    const leftMs = windowSeconds * 1000 - (now() - startedAtMs);
    const resetSeconds = Math.max(1, Math.ceil(leftMs / 1000));
    return { client, limit, windowSeconds, remaining: Math.max(0, limit - count), resetSeconds };
  };

  return {
    take: (address) => {
      const client = findClient(address);
      if (client === null) return { isAllowed: true, quota: null };
      const entry = current(client);
      const isAllowed = entry.count < limit;
      if (isAllowed) {
        entry.count += 1;
        counts.set(client, entry);
      }
      return { isAllowed, quota: toQuota(client, entry) };
    },
    look: (address) => {
      const client = findClient(address);
      return client === null ? null : toQuota(client, current(client));
    },
  };
}

// Pulls of a publisher by day. Thousands of repositories take a third of a second to add up, so those sums are cached.
import { LRUCache } from 'lru-cache';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { sumPullsByDay, type PulledDay } from './publisher-activity.sql.ts';

const MAX_PUBLISHERS = 500;
const TTL_MS = 300_000;
/** Publishers with fewer repositories see each pull at once. */
const MANY_REPOSITORIES = 200;

export type PublisherPullsInput = { registryKey: bigint; repositoryCount: number; since: Date };

export type PublisherPulls = { sum: (input: PublisherPullsInput) => Promise<PulledDay[]> };

export function createPublisherPulls({ db }: { db: DbOrTx }): PublisherPulls {
  const sums = new LRUCache<string, PulledDay[], () => Promise<PulledDay[]>>({
    max: MAX_PUBLISHERS,
    ttl: TTL_MS,
    // Shows the old sums while it reads new ones.
    allowStale: true,
    fetchMethod: (_key, _old, { context }) => context(),
  });
  return {
    sum: async ({ registryKey, repositoryCount, since }) => {
      const read = () => sumPullsByDay(db, { registryKey, since });
      if (repositoryCount < MANY_REPOSITORIES) return read();
      return sums.forceFetch(`${registryKey} ${since.toISOString()}`, { context: read });
    },
  };
}

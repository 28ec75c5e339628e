// Caches search results. The key includes the version of the search documents, so every replica is current from the next
// request on.
import { LRUCache } from 'lru-cache';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { readSearchVersion } from './cache-search.sql.ts';
import { MAX_COUNTED, type SearchFacets } from './schema.ts';
import type { SearchIndex } from './search-index.ts';

const MAX_ANSWERS = 2_000;

type Answer = Awaited<ReturnType<SearchIndex[keyof SearchIndex]>>;

/**
 * Facets of a whole gallery of more than `MAX_COUNTED` repositories may be as old as `ttlMs`.
 * @param ttlMs limits the age of a result even without changes, because scores depend on the time since a push and
 * Meilisearch lags behind the database
 */
export function cacheSearch(
  index: SearchIndex,
  { db, ttlMs, counts = new CacheCount() }: { db: DbOrTx; ttlMs: number; counts?: CacheCount },
): SearchIndex {
  const answers = new LRUCache<string, Answer, () => Promise<Answer>>({
    max: MAX_ANSWERS,
    ttl: ttlMs,
    fetchMethod: (_key, _old, { context }) => context(),
  });
  // Every document has a part in these counts, and something changes all the time in a large gallery.
  const ofAll = new LRUCache<string, SearchFacets>({ max: MAX_ANSWERS, ttl: ttlMs });
  async function remember<Kind extends Answer>(asked: unknown[], ask: () => Promise<Kind>): Promise<Kind> {
    const key = JSON.stringify([await readSearchVersion(db), ...asked]);
    counts.note(answers.has(key) || null);
    return (await answers.forceFetch(key, { context: ask })) as Kind;
  }
  return {
    search: (query) => remember(['search', query], () => index.search(query)),
    countFacets: async ({ query, filters }) => {
      const key = JSON.stringify(filters);
      const known = query === '' ? ofAll.get(key) : undefined;
      if (known) return known;
      const facets = await remember(['facets', query, filters], () => index.countFacets({ query, filters }));
      const isLarge = facets.kind.reduce((sum, { count }) => sum + count, 0) > MAX_COUNTED;
      if (query === '' && isLarge) ofAll.set(key, facets);
      return facets;
    },
    suggest: ({ query, limit }) => remember(['suggest', query, limit], () => index.suggest({ query, limit })),
  };
}

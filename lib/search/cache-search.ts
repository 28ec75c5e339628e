// Caches search results. The key includes the version of the search documents, so every replica is current from the
// next
// request on.
import { LRUCache } from 'lru-cache';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { SearchIndex } from './search-index.ts';

const MAX_ANSWERS = 2_000;

type Answer = Awaited<ReturnType<SearchIndex[keyof SearchIndex]>>;

/**
 * @param ttlMs limits the age of a result even without changes, because scores depend on the time since a push and
 * Meilisearch
 * lags behind the database
 */
export function cacheSearch(index: SearchIndex, { db, ttlMs }: { db: DbOrTx; ttlMs: number }): SearchIndex {
  const answers = new LRUCache<string, Answer, () => Promise<Answer>>({
    max: MAX_ANSWERS,
    ttl: ttlMs,
    fetchMethod: (_key, _old, { context }) => context(),
  });
  async function remember<Kind extends Answer>(asked: unknown[], ask: () => Promise<Kind>): Promise<Kind> {
    const key = JSON.stringify([await readSearchVersion(db), ...asked]);
    return (await answers.forceFetch(key, { context: ask })) as Kind;
  }
  return {
    search: (query) => remember(['search', query], () => index.search(query)),
    countFacets: ({ query, filters }) =>
      remember(['facets', query, filters], () => index.countFacets({ query, filters })),
    suggest: ({ query, limit }) => remember(['suggest', query, limit], () => index.suggest({ query, limit })),
  };
}

/**
 * Returns a version string that changes with every committed change of the search documents. It consists of the newest
 * transaction older than any running one, plus each committed transaction younger than that.
 */
async function readSearchVersion(db: DbOrTx): Promise<string> {
  const [row] = await db.$queryRaw<{ version: string }[]>`
    SELECT concat(${lastSettled('search_repositories')}, '/', ${lastSettled('search_removals')}, '/',
      (SELECT string_agg(changed_xid::text, ' ' ORDER BY changed_xid) FROM (
        SELECT changed_xid FROM search_repositories WHERE ${IS_UNSETTLED}
         UNION SELECT changed_xid FROM search_removals WHERE ${IS_UNSETTLED}) AS unsettled)) AS version`;
  return row?.version ?? '';
}

const IS_UNSETTLED = Prisma.sql`changed_xid >= pg_snapshot_xmin(pg_current_snapshot())`;

function lastSettled(table: 'search_repositories' | 'search_removals'): Prisma.Sql {
  return Prisma.sql`(SELECT changed_xid FROM ${Prisma.raw(table)}
    WHERE changed_xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY changed_xid DESC LIMIT 1)`;
}

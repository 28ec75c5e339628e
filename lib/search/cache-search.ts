// Answers again what was asked before, as long as no search document has changed meanwhile: the key of an answer holds the version of
// what it was made from, so that every replica is right from the next request on.
import { LRUCache } from 'lru-cache';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { SearchIndex } from './search-index.ts';

const MAX_ANSWERS = 2_000;

type Answer = Awaited<ReturnType<SearchIndex[keyof SearchIndex]>>;

/**
 * @param ttlMs an answer is kept no longer, changed or not: how old a push is depends on the clock, and an engine beside the
 * database learns of changes later than the database
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
 * The same text means the same search documents. Of the transactions that have ended, the last to change one tells: whichever ends
 * later began later. Those beside ones that still run are named each.
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

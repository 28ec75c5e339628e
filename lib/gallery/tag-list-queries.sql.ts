import { versionToTag } from '#lib/oci/reference.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { firstDay, RECENT_DAYS } from './insight-queries.ts';
import type { TagQuery } from './tag-query.ts';

export async function listTagNames(db: DbOrTx, query: TagQuery): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT t.name FROM tags t ${source(query)} WHERE ${matches(query)}
     ORDER BY ${order(query)} LIMIT ${query.limit} OFFSET ${query.offset}`;
  return rows.map(({ name }) => name);
}

type Matched = Pick<TagQuery, 'repositoryId' | 'query' | 'isAttached'>;

export async function countTags({ db }: { db: DbOrTx }, query: Matched): Promise<number> {
  const counts = await db.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS total FROM tags t WHERE ${matches(query)}`;
  return counts[0]?.total ?? 0;
}

function matches({ repositoryId, query, isAttached = false }: Matched): Prisma.Sql {
  const attached = isAttached ? Prisma.sql`IS NOT NULL` : Prisma.sql`IS NULL`;
  return Prisma.sql`t.repository_id = ${repositoryId} AND t.attached_as ${attached} AND ${fits({ repositoryId, query })}`;
}

function fits({ repositoryId, query }: Matched): Prisma.Sql {
  if (query === '') return Prisma.sql`true`;
  // Tags contain no colon, so this is a digest.
  if (!query.includes(':')) return Prisma.sql`t.name ILIKE ${`%${escapeLike(versionToTag(query))}%`}`;
  const pattern = escapeLike(query);
  return Prisma.sql`t.manifest_id IN (
    SELECT id FROM manifests WHERE repository_id = ${repositoryId} AND digest LIKE ${`${pattern}%`})`;
}

function source({ repositoryId, sort }: TagQuery): Prisma.Sql {
  if (sort === 'size') return Prisma.sql`JOIN manifests m ON m.id = t.manifest_id`;
  if (sort !== 'pulls') return Prisma.empty;
  return Prisma.sql`LEFT JOIN (
    SELECT tag, sum(count) AS pulls FROM pull_counts
     WHERE repository_id = ${repositoryId} AND day >= ${firstDay(RECENT_DAYS)}::date GROUP BY tag) p ON p.tag = t.name`;
}

/** Ends in a unique key, so that pages never repeat a row. Ties put the newest version first. */
function order({ sort, direction }: TagQuery): Prisma.Sql {
  const way = direction === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  if (sort === 'name') return Prisma.sql`t.version_key ${way}, t.name ${way}`;
  const columns = {
    pushed: Prisma.sql`t.pushed_at`,
    pulls: Prisma.sql`coalesce(p.pulls, 0)`,
    size: Prisma.sql`m.content_bytes`,
  };
  return Prisma.sql`${columns[sort]} ${way}, t.version_key DESC, t.name DESC`;
}

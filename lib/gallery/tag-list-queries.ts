// Lists tags of a repository. The database filters, sorts and pages, so their number doesn't matter.
import type { Db } from '#lib/platform/pg/db.ts';
import { versionToTag } from '#lib/oci/reference.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { firstDay, RECENT_DAYS } from './insight-queries.ts';
import { findTags, type TagView } from './tag-queries.ts';

export const TAG_SORTS = ['pushed', 'name', 'pulls', 'size'] as const;
export type TagSort = (typeof TAG_SORTS)[number];
/** `name` sorts by version: 1.9, 1.10-rc1, 1.10, 1.10-alpine. */
export type TagOrder = { sort: TagSort; direction: 'asc' | 'desc' };

/** The default direction of each order. */
export const USUAL_DIRECTION = {
  pushed: 'desc',
  name: 'asc',
  pulls: 'desc',
  size: 'desc',
} as const satisfies Record<TagSort, TagOrder['direction']>;

export type TagQuery = TagOrder & {
  repositoryId: bigint;
  /** Part of a tag or of the chart version it stands for, or the beginning of a digest including `sha256:`. */
  query: string;
  /** Lists only attachments and build caches instead of everything else. */
  isAttached?: boolean;
  offset: number;
  limit: number;
};

export async function listTagRows(app: { db: Db }, query: TagQuery): Promise<{ tags: TagView[]; total: number }> {
  const { repositoryId, offset, limit } = query;
  const where = matches(query);
  const [rows, total] = await Promise.all([
    app.db.$queryRaw<{ name: string }[]>`
      SELECT t.name FROM tags t ${source(query)} WHERE ${where}
       ORDER BY ${order(query)} LIMIT ${limit} OFFSET ${offset}`,
    countTags(app, query),
  ]);
  const tags = await findTags(app, { repositoryId, names: rows.map(({ name }) => name) });
  return { tags, total };
}

export async function countTags(app: { db: Db }, query: Omit<TagQuery, 'offset' | 'limit'>): Promise<number> {
  const counts = await app.db.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS total FROM tags t WHERE ${matches(query)}`;
  return counts[0]?.total ?? 0;
}

type Matched = Pick<TagQuery, 'repositoryId' | 'query' | 'isAttached'>;

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

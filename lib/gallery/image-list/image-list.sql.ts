import { REFERRERS_TAG } from '#lib/oci/attached-as.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';

export type ImageListFilter = {
  repositoryId: bigint;
  /** As `tagStatus` of the AWS APIs. Tagged images are listed by tag (tag-list-queries.ts). */
  tagStatus: 'untagged' | 'any';
  /** Part of the digest. Empty for all. */
  query: string;
};

export type ImageListRow = {
  id: bigint;
  /** The newest few. */
  tags: string[];
  tagCount: number;
  isAttached: boolean;
  /** Whether an index lists it, so that it can't be deleted by itself. The same rule as `listParents`. */
  isListed: boolean;
};

const SHOWN_TAGS = 6;

/** Reads everything but the page's ids for the rows of the page only. */
export async function listImageListRows(
  db: DbOrTx,
  { offset, limit, ...filter }: ImageListFilter & { offset: number; limit: number },
): Promise<ImageListRow[]> {
  return db.$queryRaw<ImageListRow[]>`
    WITH page AS (
      SELECT m.id, m.pushed_at FROM manifests m WHERE ${matches(filter)}
       ORDER BY m.pushed_at DESC, m.id DESC LIMIT ${limit} OFFSET ${offset}
    )
    SELECT m.id,
           ARRAY(SELECT t.name FROM tags t WHERE t.manifest_id = m.id
                  ORDER BY t.version_key DESC, t.name DESC LIMIT ${SHOWN_TAGS}) AS tags,
           (SELECT count(*)::int FROM tags t WHERE t.manifest_id = m.id) AS "tagCount",
           m.attached_as IS NOT NULL AS "isAttached",
           EXISTS (SELECT FROM manifest_children c JOIN manifests p ON p.id = c.parent_id
                    WHERE c.digest = m.digest AND p.repository_id = m.repository_id
                      AND NOT EXISTS (SELECT FROM tags t WHERE t.manifest_id = p.id AND t.name ~ ${REFERRERS_TAG.source})
           ) AS "isListed"
      FROM page JOIN manifests m ON m.id = page.id
     ORDER BY page.pushed_at DESC, page.id DESC`;
}

export async function countImages(db: DbOrTx, filter: ImageListFilter): Promise<number> {
  const [row] = await db.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS total FROM manifests m WHERE ${matches(filter)}`;
  return row?.total ?? 0;
}

function matches({ repositoryId, tagStatus, query }: ImageListFilter): Prisma.Sql {
  const all = Prisma.sql`true`;
  return Prisma.join(
    [
      Prisma.sql`m.repository_id = ${repositoryId}`,
      tagStatus === 'any' ? all : Prisma.sql`NOT EXISTS (SELECT FROM tags t WHERE t.manifest_id = m.id)`,
      query === '' ? all : Prisma.sql`m.digest LIKE ${`%${escapeLike(query.toLowerCase())}%`}`,
    ],
    ' AND ',
  );
}

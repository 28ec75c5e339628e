import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { TagMutability } from '../tag-mutability/schema.ts';
import type { OwnRepositoryFilter, OwnRepositorySort, Visibility } from '../schema.ts';

export type OwnRepositoryRow = {
  id: bigint;
  name: string;
  visibility: Visibility;
  description: string;
  isMirrored: boolean;
  /** Null unless an admin has quarantined it. */
  quarantineReason: string | null;
  isDeprecated: boolean;
  tagMutability: TagMutability;
  hasImage: boolean;
  tagCount: number;
  pullCount: number;
  /** Blobs that it links. Other repositories may share them. */
  storedBytes: number;
  lastPushedAt: Date | null;
  lastPulledAt: Date | null;
};

export type OwnRepositoryPage = OwnRepositoryFilter & { offset: number; limit: number };

/** Counts tags and bytes only of the repositories on the page, unless they are sorted by size. */
export async function listOwnRows(
  db: DbOrTx,
  registryKey: bigint,
  { sort, offset, limit, ...filter }: OwnRepositoryPage,
): Promise<OwnRepositoryRow[]> {
  return db.$queryRaw<OwnRepositoryRow[]>`
    WITH page AS (
      SELECT r.id
        FROM repositories r ${sort === 'size' ? SIZES : Prisma.empty}
       WHERE r.registry_id = ${registryKey} AND ${matches(filter)}
       ORDER BY ${order(sort)} LIMIT ${limit} OFFSET ${offset}
    )
    SELECT r.id, r.name, r.visibility::text AS visibility, r.description,
           r.upstream_id IS NOT NULL AS "isMirrored", r.quarantine_reason AS "quarantineReason",
           r.deprecated_at IS NOT NULL AS "isDeprecated", r.tag_mutability::text AS "tagMutability",
           EXISTS (SELECT FROM manifests m WHERE m.repository_id = r.id AND m.attached_as IS NULL) AS "hasImage",
           (SELECT count(*)::int FROM tags t WHERE t.repository_id = r.id AND t.attached_as IS NULL) AS "tagCount",
           r.pull_count::float8 AS "pullCount",
           (SELECT coalesce(sum(b.size_bytes), 0)::float8 FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
             WHERE l.repository_id = r.id) AS "storedBytes",
           r.last_pushed_at AS "lastPushedAt", r.last_pulled_at AS "lastPulledAt"
      FROM page JOIN repositories r ON r.id = page.id
     ORDER BY ${sort === 'size' ? Prisma.sql`"storedBytes" DESC, r.name` : order(sort)}`;
}

export async function countOwnRows(
  db: DbOrTx,
  registryKey: bigint,
  filter: Omit<OwnRepositoryFilter, 'sort'>,
): Promise<number> {
  const [row] = await db.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS total FROM repositories r WHERE r.registry_id = ${registryKey} AND ${matches(filter)}`;
  return row?.total ?? 0;
}

const SIZES = Prisma.sql`CROSS JOIN LATERAL (
  SELECT coalesce(sum(b.size_bytes), 0) AS bytes FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
   WHERE l.repository_id = r.id) AS stored`;

function matches({ query, visibility, tagMutability }: Omit<OwnRepositoryFilter, 'sort'>): Prisma.Sql {
  const all = Prisma.sql`true`;
  return Prisma.join(
    [
      query === '' ? all : Prisma.sql`r.name ILIKE ${`%${escapeLike(query)}%`}`,
      visibility === null ? all : Prisma.sql`r.visibility = ${visibility}::"Visibility"`,
      tagMutability === null ? all : Prisma.sql`r.tag_mutability = ${tagMutability}::"TagMutability"`,
    ],
    ' AND ',
  );
}

/** Names are unique, so pages never repeat a row. */
function order(sort: OwnRepositorySort): Prisma.Sql {
  const columns = {
    pushed: Prisma.sql`r.last_pushed_at DESC NULLS LAST, r.name`,
    pulled: Prisma.sql`r.last_pulled_at DESC NULLS LAST, r.name`,
    pulls: Prisma.sql`r.pull_count DESC, r.name`,
    size: Prisma.sql`stored.bytes DESC, r.name`,
    name: Prisma.sql`r.name`,
  };
  return columns[sort];
}

import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { STANDS_FOR_ITSELF } from '#lib/gallery/insight-queries.sql.ts';
import type { FeedItemPosition, FeedSource } from './schema.ts';

export type FeedItemRow = FeedItemPosition & {
  repositoryId: bigint;
  alias: string;
  name: string;
  /** Null unless the row is a push, as are the digests. */
  tag: string | null;
  digest: string | null;
  description: string;
  deprecationText: string;
};

export type FeedSpan = {
  userId: string;
  /** Only rows below this position. */
  before: FeedItemPosition;
  /** Only rows after this time. */
  since: Date;
  limit: number;
};

/**
 * What everyone may see, as IN_GALLERY of gallery-queries.ts. With EXISTS, the planner would read the manifests of the
 * whole site first. The order makes it use the index.
 */
const IS_SHOWN = Prisma.sql`r.visibility = 'public' AND r.quarantined_at IS NULL
  AND (SELECT true FROM manifests m WHERE m.repository_id = r.id AND m.attached_as IS NULL ORDER BY m.digest LIMIT 1)`;

const SOURCES = { push: 1, repository: 2, deprecation: 3 } as const satisfies Record<FeedSource, number>;

/**
 * Lists pushes to followed repositories, new repositories of followed publishers, and deprecations of both, newest
 * first. Looks into each followed thing by index and reads at most `limit` rows of it.
 */
export async function listFeedRows(db: DbOrTx, { userId, before, since, limit }: FeedSpan): Promise<FeedItemRow[]> {
  const inSpan = (source: FeedSource, at: Prisma.Sql, id: Prisma.Sql) => Prisma.sql`
    ${at} > ${since} AND ${at} <= ${before.at}
    AND (${at}, ${SOURCES[source]}::int, ${id}) < (${before.at}, ${SOURCES[before.source]}::int, ${before.id}::bigint)`;
  const pushedAt = Prisma.sql`e.at`;
  const createdAt = Prisma.sql`r.created_at`;
  const deprecatedAt = Prisma.sql`r.deprecated_at`;
  const [eventId, repositoryId] = [Prisma.sql`e.id`, Prisma.sql`r.id`];
  const pushes = Prisma.sql`FROM tag_events e
    WHERE e.repository_id = r.id AND e.to_digest IS NOT NULL AND ${inSpan('push', pushedAt, eventId)} AND ${STANDS_FOR_ITSELF}`;
  const rows = await db.$queryRaw<(Omit<FeedItemRow, 'source'> & { source: number })[]>`
    WITH active AS (
      -- The newest pushes are of the repositories whose newest push is newest.
      SELECT r.id FROM repository_follows f JOIN repositories r ON r.id = f.repository_id AND ${IS_SHOWN}
       CROSS JOIN LATERAL (SELECT e.at, e.id ${pushes} ORDER BY e.at DESC, e.id DESC LIMIT 1) e
       WHERE f.user_id = ${userId}::uuid ORDER BY e.at DESC, e.id DESC LIMIT ${limit}
    ), items AS (
      (SELECT e.at, ${SOURCES.push}::int AS source, e.id, r.id AS repository_id, e.tag, e.to_digest AS digest
         FROM active r
         CROSS JOIN LATERAL (SELECT e.* ${pushes} ORDER BY e.at DESC, e.id DESC LIMIT ${limit}) e
        ORDER BY e.at DESC, e.id DESC LIMIT ${limit})
      UNION ALL
      (SELECT r.created_at, ${SOURCES.repository}::int, r.id, r.id, NULL, NULL
         FROM registry_follows f
         CROSS JOIN LATERAL (
           SELECT r.id, r.created_at FROM repositories r
            WHERE r.registry_id = f.registry_id AND ${IS_SHOWN} AND ${inSpan('repository', createdAt, repositoryId)}
            ORDER BY r.created_at DESC, r.id DESC LIMIT ${limit}) r
        WHERE f.user_id = ${userId}::uuid ORDER BY r.created_at DESC, r.id DESC LIMIT ${limit})
      UNION ALL
      (SELECT r.deprecated_at, ${SOURCES.deprecation}::int, r.id, r.id, NULL, NULL
         FROM (SELECT repository_id AS id FROM repository_follows WHERE user_id = ${userId}::uuid
               UNION
               SELECT r.id FROM registry_follows f JOIN repositories r USING (registry_id)
                WHERE f.user_id = ${userId}::uuid AND r.deprecated_at IS NOT NULL) followed
         JOIN repositories r USING (id)
        WHERE ${IS_SHOWN} AND ${inSpan('deprecation', deprecatedAt, repositoryId)}
        ORDER BY r.deprecated_at DESC, r.id DESC LIMIT ${limit})
    )
    SELECT i.at, i.source, i.id, i.repository_id AS "repositoryId", i.tag, i.digest, r.name, r.description,
           r.deprecation_text AS "deprecationText", coalesce(a.name, g.registry_id) AS alias
      FROM items i JOIN repositories r ON r.id = i.repository_id
      JOIN registries g ON g.id = r.registry_id LEFT JOIN aliases a ON a.id = g.primary_alias_id
     ORDER BY i.at DESC, i.source DESC, i.id DESC LIMIT ${limit}`;
  return rows.map((row) => ({ ...row, source: sourceOf(row.source) }));
}

function sourceOf(number: number): FeedSource {
  if (number === SOURCES.push) return 'push';
  return number === SOURCES.repository ? 'repository' : 'deprecation';
}

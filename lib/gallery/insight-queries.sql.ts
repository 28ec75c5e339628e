import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';

export type SummedPulls = {
  /** Empty for pulls by digest. */
  tag: string;
  pulls: bigint;
  /** Of all tags. */
  total: bigint;
  tagCount: bigint;
};

/** Sums pulls by tag, most pulled first. */
export async function sumPullsByTag(
  db: DbOrTx,
  { repositoryId, since, limit }: { repositoryId: bigint; since: Date; limit: number },
): Promise<SummedPulls[]> {
  return db.$queryRaw`
    SELECT tag, sum(count)::bigint AS pulls, sum(sum(count)) OVER ()::bigint AS total, count(*) OVER () AS "tagCount"
      FROM pull_counts WHERE repository_id = ${repositoryId} AND day >= ${since}::date
     GROUP BY tag ORDER BY pulls DESC, tag LIMIT ${limit}`;
}

export type TagEventRow = { id: bigint; tag: string; fromDigest: string | null; toDigest: string | null; at: Date };

/** Of a row `e` of tag_events. cosign's tag names identify an attachment even after its manifest is gone. */
export const STANDS_FOR_ITSELF = Prisma.sql`e.tag !~ '^sha(256|512)-[0-9a-f]{64}' AND NOT EXISTS (
  SELECT FROM manifests m
   WHERE m.repository_id = e.repository_id AND m.digest = coalesce(e.to_digest, e.from_digest) AND m.attached_as IS NOT NULL)`;

/** Lists moves of one tag, or null, of all that don't belong to attachments. Latest first. */
export async function listTagEventRows(
  db: DbOrTx,
  { repositoryId, tag, limit }: { repositoryId: bigint; tag: string | null; limit: number },
): Promise<TagEventRow[]> {
  const wanted = tag === null ? STANDS_FOR_ITSELF : Prisma.sql`e.tag = ${tag}`;
  return db.$queryRaw`
    SELECT e.id, e.tag, e.from_digest AS "fromDigest", e.to_digest AS "toDigest", e.at FROM tag_events e
     WHERE e.repository_id = ${repositoryId} AND ${wanted} ORDER BY e.at DESC, e.id DESC LIMIT ${limit}`;
}

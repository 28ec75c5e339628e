import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { TAGS_KEY } from '#lib/upstream/pull-through/list-upstream-tags.ts';

export type MirrorRow = {
  name: string;
  visibility: Visibility;
  upstreamHost: string;
  upstreamName: string;
  isPinned: boolean;
  tagCount: bigint;
  cachedBytes: bigint;
  pullCount: bigint;
  checkedAt: Date | null;
};

/** Lists a registry's mirrors by name. An empty `name` matches all. */
export async function listMirrorRows(
  db: DbOrTx,
  { registryKey, limit, offset, name }: { registryKey: bigint; limit: number; offset: number; name: string },
): Promise<MirrorRow[]> {
  return db.$queryRaw`
    SELECT r.name, r.visibility::text AS visibility, u.host AS "upstreamHost", r.upstream_name AS "upstreamName",
           r.is_pinned AS "isPinned", r.pull_count AS "pullCount",
           (SELECT count(*) FROM tags t WHERE t.repository_id = r.id AND t.attached_as IS NULL) AS "tagCount",
           (SELECT max(t.checked_at) FROM tags t WHERE t.repository_id = r.id) AS "checkedAt",
           (SELECT coalesce(sum(b.size_bytes), 0)::bigint FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
             WHERE l.repository_id = r.id) AS "cachedBytes"
      FROM repositories r JOIN upstreams u ON u.id = r.upstream_id
     WHERE r.registry_id = ${registryKey} AND (${name} = '' OR r.name = ${name})
     ORDER BY r.name LIMIT ${limit} OFFSET ${offset}`;
}

/** Lists tags that the upstream has listed and that aren't cached here, except attachments. `total` counts all of them. */
export async function listUncachedTags(
  db: DbOrTx,
  { repositoryId, limit }: { repositoryId: bigint; limit: number },
): Promise<{ name: string; total: bigint }[]> {
  return db.$queryRaw`
    SELECT listed.name, count(*) OVER () AS total
      FROM upstream_lists l CROSS JOIN LATERAL jsonb_array_elements_text(l.content) AS listed (name)
     WHERE l.repository_id = ${repositoryId} AND l.key = ${TAGS_KEY}
       AND listed.name !~ '^sha(256|512)-[0-9a-f]{64}'
       AND NOT EXISTS (SELECT FROM tags t WHERE t.repository_id = l.repository_id AND t.name = listed.name)
     LIMIT ${limit}`;
}

import { REFERRERS_TAG } from '#lib/oci/attached-as.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Finds a tagged index that lists a manifest, itself or through other indexes. */
export async function findListingTag(
  tx: DbOrTx,
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<{ digest: string; tag: string } | null> {
  const [parent] = await tx.$queryRaw<{ digest: string; tag: string }[]>`
    WITH RECURSIVE parents AS (
      SELECT p.id, p.digest FROM manifest_children c JOIN manifests p ON p.id = c.parent_id
       WHERE c.digest = ${digest} AND p.repository_id = ${repositoryId}
       UNION
      SELECT p.id, p.digest FROM parents listed
        JOIN manifest_children c ON c.digest = listed.digest JOIN manifests p ON p.id = c.parent_id
       WHERE p.repository_id = ${repositoryId}
    )
    SELECT parents.digest, t.name AS tag FROM parents JOIN tags t ON t.manifest_id = parents.id
     WHERE t.name !~ ${REFERRERS_TAG.source} LIMIT 1`;
  return parent ?? null;
}

const MAX_PARENTS = 10;

/** Lists the indexes that list a manifest, whether they have tags or not, except those of the referrers tag schema. */
export async function listParents(
  tx: DbOrTx,
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ digest: string }[]>`
    SELECT DISTINCT p.digest FROM manifest_children c JOIN manifests p ON p.id = c.parent_id
     WHERE c.digest = ${digest} AND p.repository_id = ${repositoryId}
       AND NOT EXISTS (SELECT FROM tags t WHERE t.manifest_id = p.id AND t.name ~ ${REFERRERS_TAG.source})
     ORDER BY p.digest LIMIT ${MAX_PARENTS}`;
  return rows.map((row) => row.digest);
}

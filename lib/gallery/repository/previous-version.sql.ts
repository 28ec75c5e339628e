import type { DbOrTx } from '#lib/platform/pg/db.ts';

export type EarlierTag = { name: string; manifestId: bigint };

/** Lists the versions before a tag, newest first, without attachments. */
export async function listEarlierTags(
  db: DbOrTx,
  { repositoryId, tag, limit }: { repositoryId: bigint; tag: string; limit: number },
): Promise<EarlierTag[]> {
  return db.$queryRaw<EarlierTag[]>`
    SELECT t.name, t.manifest_id AS "manifestId" FROM tags t
     WHERE t.repository_id = ${repositoryId} AND t.attached_as IS NULL
       AND (t.version_key, t.name) < (tag_version_key(${tag}), ${tag})
     ORDER BY t.version_key DESC, t.name DESC LIMIT ${limit}`;
}

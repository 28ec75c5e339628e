import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import type { ChosenTag } from './schema.ts';

type Matching = { repositoryId: bigint; pattern: string };

/** Ignores attachments, whose tags are named after digests. */
export async function listMatchingTags(
  db: DbOrTx,
  { repositoryId, pattern, limit }: Matching & { limit: number },
): Promise<ChosenTag[]> {
  return db.$queryRaw`
    SELECT t.name, m.digest FROM tags t JOIN manifests m ON m.id = t.manifest_id
     WHERE t.repository_id = ${repositoryId} AND t.attached_as IS NULL AND t.name LIKE ${toLike(pattern)}
     ORDER BY t.version_key, t.name LIMIT ${limit}`;
}

export async function countMatchingTags(db: DbOrTx, { repositoryId, pattern }: Matching): Promise<number> {
  const [row] = await db.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS total FROM tags t
     WHERE t.repository_id = ${repositoryId} AND t.attached_as IS NULL AND t.name LIKE ${toLike(pattern)}`;
  return row?.total ?? 0;
}

function toLike(pattern: string): string {
  return escapeLike(pattern).replaceAll('*', '%').replaceAll('?', '_');
}

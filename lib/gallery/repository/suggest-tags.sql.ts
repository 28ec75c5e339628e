import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Lists the last pushed tags, without attachments. Bounded, because a repository may have a hundred thousand. */
export async function listRecentTagNames(
  db: DbOrTx,
  { repositoryId, limit }: { repositoryId: bigint; limit: number },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT name FROM tags WHERE repository_id = ${repositoryId} AND attached_as IS NULL
     ORDER BY pushed_at DESC LIMIT ${limit}`;
  return rows.map(({ name }) => name);
}

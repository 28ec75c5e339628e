import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { KeyedTag } from '#lib/access/tags/schema.ts';

/** Lists a repository's resource tags by key. Callers authorize. */
export async function findResourceTags(
  { db }: { db: DbOrTx },
  { repositoryId }: { repositoryId: bigint },
): Promise<KeyedTag[]> {
  return db.resourceTag.findMany({
    where: { repositoryId },
    orderBy: { key: 'asc' },
    select: { key: true, value: true },
  });
}

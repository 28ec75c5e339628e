import type pg from 'pg';
import { listTagNamesInOrder } from './list-stored-tags.sql.ts';

/** Keeps a page of the longest names below 4 MiB, the limit of clients. */
export const MAX_TAGS_PER_PAGE = 10_000;

export type TagPage = { tags: string[]; hasMore: boolean };

/**
 * Lists tags in ASCII order, independent of the database's collation ("The list ... MUST be in lexical order"). `last`
 * needn't exist.
 */
export async function listStoredTags(
  app: { pool: pg.Pool },
  { repositoryId, limit, last }: { repositoryId: bigint; limit: number; last: string | null },
): Promise<TagPage> {
  const names = await listTagNamesInOrder(app.pool, { repositoryId, after: last ?? '', limit: limit + 1 });
  return { tags: names.slice(0, limit), hasMore: limit > 0 && names.length > limit };
}

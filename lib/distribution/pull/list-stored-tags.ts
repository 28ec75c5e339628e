import type pg from 'pg';

/** Keeps a page of the longest names below 4 MiB, the most that clients accept. */
export const MAX_TAGS_PER_PAGE = 10_000;

export type TagPage = { tags: string[]; hasMore: boolean };

/**
 * "The list ... MUST be in lexical order": ASCII order here, whatever the database's own. `last` need not exist.
 */
export async function listStoredTags(
  app: { pool: pg.Pool },
  { repositoryId, limit, last }: { repositoryId: bigint; limit: number; last: string | null },
): Promise<TagPage> {
  const { rows } = await app.pool.query<{ name: string }>({
    name: 'list-tags',
    text: `SELECT name FROM tags WHERE repository_id = $1 AND name COLLATE "C" > $2 ORDER BY name COLLATE "C" LIMIT $3`,
    values: [repositoryId, last ?? '', limit + 1],
  });
  const tags = rows.slice(0, limit).map((row) => row.name);
  return { tags, hasMore: limit > 0 && rows.length > limit };
}

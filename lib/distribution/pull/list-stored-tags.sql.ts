import type pg from 'pg';

/** Lists tags in ASCII order. */
export async function listTagNamesInOrder(
  pool: pg.Pool,
  { repositoryId, after, limit }: { repositoryId: bigint; after: string; limit: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>({
    name: 'list-tags',
    text: `SELECT name FROM tags WHERE repository_id = $1 AND name COLLATE "C" > $2 ORDER BY name COLLATE "C" LIMIT $3`,
    values: [repositoryId, after, limit],
  });
  return rows.map((row) => row.name);
}

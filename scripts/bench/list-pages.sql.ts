import type pg from 'pg';

export type SampledPage = { alias: string; name: string; digest: string; layer: string };

/** Samples repositories evenly, each with an image and one of its layers. */
export async function samplePages(pool: pg.Pool, count: number): Promise<SampledPage[]> {
  const { rows } = await pool.query<SampledPage>(
    `WITH sample AS (SELECT id FROM repositories WHERE id % (SELECT greatest(1, count(*) / $1::int) FROM repositories) = 0)
     SELECT a.name AS alias, r.name, m.digest, b.digest AS layer
       FROM sample JOIN repositories r USING (id)
       JOIN registries g ON g.id = r.registry_id JOIN aliases a ON a.id = g.primary_alias_id
       JOIN manifests m ON m.repository_id = r.id AND m.architecture = 'amd64' AND r.id > 1
       JOIN manifest_blobs b ON b.manifest_id = m.id AND b.kind = 'layer' AND b.position = 1
      ORDER BY r.id LIMIT $1`,
    [count],
  );
  return rows;
}

export async function countSearchPages(
  pool: pg.Pool,
  { maxHits, pageSize }: { maxHits: number; pageSize: number },
): Promise<number> {
  const { rows } = await pool.query<{ pages: number }>(
    'SELECT ceil(least(count(*), $1) / $2::float)::int AS pages FROM search_repositories',
    [maxHits, pageSize],
  );
  return rows[0]?.pages ?? 1;
}

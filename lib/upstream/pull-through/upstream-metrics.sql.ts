import type pg from 'pg';

/** `id` is an integer. */
export type UpstreamLabel = { id: string; host: string; registryId: string };

export async function listUpstreamLabels(pool: pg.Pool, ids: bigint[]): Promise<UpstreamLabel[]> {
  const text = `
    SELECT u.id, u.host, r.registry_id AS "registryId" FROM upstreams u JOIN registries r ON r.id = u.registry_id
     WHERE u.id = ANY ($1)`;
  return (await pool.query<UpstreamLabel>(text, [ids])).rows;
}

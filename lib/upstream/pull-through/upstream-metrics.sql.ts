import type pg from 'pg';

/** `id` is an integer. */
export type UpstreamHost = { id: string; host: string };

export async function listUpstreamHosts(pool: pg.Pool, ids: bigint[]): Promise<UpstreamHost[]> {
  return (await pool.query<UpstreamHost>('SELECT id, host FROM upstreams WHERE id = ANY ($1)', [ids])).rows;
}

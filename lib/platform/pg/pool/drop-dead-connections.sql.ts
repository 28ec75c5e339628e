import type pg from 'pg';

/** Lists the server's processes of all users. */
export async function listBackendIds(client: pg.ClientBase): Promise<Set<number>> {
  const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
  return new Set(rows.map(({ pid }) => pid));
}

import type pg from 'pg';

export async function ping(client: pg.Pool | pg.ClientBase): Promise<void> {
  await client.query('SELECT 1');
}

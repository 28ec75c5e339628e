import type pg from 'pg';

/** `pid` is the process that answered. */
export type ServerFacts = { version: number; encoding: string; pid: number };

export async function readServerFacts(client: pg.ClientBase): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding,
            pg_backend_pid() AS pid`,
  );
  return rows[0] ?? { version: 0, encoding: '', pid: 0 };
}

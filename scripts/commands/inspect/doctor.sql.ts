import type pg from 'pg';

export type DatabaseFacts = {
  version: string;
  nowMs: number;
  maxConnections: number;
  connections: number;
  siteId: string | null;
};

export async function readDatabaseFacts(client: pg.ClientBase): Promise<DatabaseFacts> {
  const { rows } = await client.query<DatabaseFacts>(`
    SELECT current_setting('server_version') AS version,
           (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs",
           current_setting('max_connections')::int AS "maxConnections",
           (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
           NULL AS "siteId"`);
  const facts = rows[0];
  if (!facts) throw new Error('The database returned no facts.');
  return { ...facts, siteId: await readSiteId(client) };
}

/** Null before the first start. */
async function readSiteId(client: pg.ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ exists: boolean }>(`SELECT to_regclass('site') IS NOT NULL AS exists`);
  if (!rows[0]?.exists) return null;
  return (await client.query<{ id: string }>('SELECT id FROM site')).rows[0]?.id ?? null;
}

export type UpstreamFacts = { host: string; lastProblem: string | null; isFailing: boolean };

/** An upstream fails if its last problem is newer than its last answer. */
export async function readUpstreams(client: pg.ClientBase): Promise<UpstreamFacts[]> {
  const { rows } = await client.query<UpstreamFacts>(`
    SELECT host, last_problem AS "lastProblem",
           last_problem_at IS NOT NULL AND (answered_at IS NULL OR last_problem_at > answered_at) AS "isFailing"
      FROM upstreams ORDER BY host LIMIT 100`);
  return rows;
}

/** Why the last order of a certificate failed. Null: it didn't. */
export async function readAcmeFailure(client: pg.ClientBase, directory: string): Promise<string | null> {
  const { rows } = await client.query<{ lastFailure: string | null }>(
    'SELECT last_failure AS "lastFailure" FROM acme_accounts WHERE directory = $1',
    [directory],
  );
  return rows[0]?.lastFailure ?? null;
}

// Grants for a site's database role if another role owns the tables.
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';
import { inTransaction } from './transaction.ts';

const JOBS_SCHEMA = 'graphile_worker';
const POLICY = 'vitrine_site';

/**
 * Grants `role` the use of all tables, sequences and functions, but not DDL. Repeat it after each migration.
 * @throws AppError `invalid_input` if the role doesn't exist
 */
export async function grantToRole(pool: pg.Pool, role: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ schema: string; isThere: boolean }>(
      `SELECT current_schema() AS schema, EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "isThere"`,
      [role],
    );
    const [found] = rows;
    if (!found?.isThere) throw new AppError('invalid_input', `The database role "${role}" doesn't exist.`);
    const to = client.escapeIdentifier(role);
    for (const name of [found.schema, JOBS_SCHEMA]) {
      const schema = client.escapeIdentifier(name);
      await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${to}`);
      await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${to}`);
      await client.query(`GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${to}`);
      await client.query(`GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ${schema} TO ${to}`);
    }
    await openJobTables(client, to);
  });
}

/** graphile-worker restricts its tables to their owner by row-level security. */
async function openJobTables(client: pg.PoolClient, to: string): Promise<void> {
  const { rows } = await client.query<{ table: string }>(
    'SELECT oid::regclass::text AS table FROM pg_class WHERE relnamespace = $1::regnamespace AND relrowsecurity',
    [JOBS_SCHEMA],
  );
  for (const { table } of rows) {
    await client.query(`DROP POLICY IF EXISTS ${POLICY} ON ${table}`);
    await client.query(`CREATE POLICY ${POLICY} ON ${table} TO ${to} USING (true) WITH CHECK (true)`);
  }
}

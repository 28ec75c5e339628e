import type pg from 'pg';

/** Looks for a role, and names the schema of unqualified tables. */
export async function findRole(tx: pg.ClientBase, role: string): Promise<{ schema: string; isThere: boolean } | null> {
  const { rows } = await tx.query<{ schema: string; isThere: boolean }>(
    `SELECT current_schema() AS schema, EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "isThere"`,
    [role],
  );
  return rows[0] ?? null;
}

/** Grants the use of everything in a schema, but not the right to create anything there. */
export async function grantAllIn(tx: pg.PoolClient, { schema, role }: { schema: string; role: string }): Promise<void> {
  const [from, to] = [tx.escapeIdentifier(schema), tx.escapeIdentifier(role)];
  await tx.query(`GRANT USAGE ON SCHEMA ${from} TO ${to}`);
  await tx.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${from} TO ${to}`);
  await tx.query(`GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${from} TO ${to}`);
  await tx.query(`GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ${from} TO ${to}`);
}

/** Lets a role see all rows of tables with row security. */
export async function openTables(
  tx: pg.PoolClient,
  { schema, policy, role }: { schema: string; policy: string; role: string },
): Promise<void> {
  const to = tx.escapeIdentifier(role);
  const { rows } = await tx.query<{ table: string }>(
    'SELECT oid::regclass::text AS table FROM pg_class WHERE relnamespace = $1::regnamespace AND relrowsecurity',
    [schema],
  );
  for (const { table } of rows) {
    await tx.query(`DROP POLICY IF EXISTS ${policy} ON ${table}`);
    await tx.query(`CREATE POLICY ${policy} ON ${table} TO ${to} USING (true) WITH CHECK (true)`);
  }
}

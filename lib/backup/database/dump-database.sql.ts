import pg from 'pg';
import { to as copyTo, type CopyToStreamQuery } from 'pg-copy-streams';

/** Makes the text of values the same on every server. */
export const TEXT_SETTINGS = `
  SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres';
  SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0`;

/** All that follows reads the database as it is now. Returns the time. */
export async function beginSnapshot(client: pg.ClientBase): Promise<Date> {
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${TEXT_SETTINGS}`);
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return rows[0]?.now ?? new Date();
}

export async function endSnapshot(client: pg.ClientBase): Promise<void> {
  await client.query('COMMIT');
}

export type CatalogTable = { name: string; columns: string[] };

/** Lists the tables of the schema with the columns that can be written. */
export async function listTables(client: pg.ClientBase): Promise<CatalogTable[]> {
  const { rows } = await client.query<CatalogTable>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      GROUP BY c.oid, c.relname ORDER BY c.relname`,
  );
  return rows;
}

/** `value` is an integer. */
export type SequenceState = { name: string; value: string; isCalled: boolean };

/** Lists sequences that have been used. They don't follow the snapshot, so read them after the tables. */
export async function listSequences(client: pg.ClientBase): Promise<SequenceState[]> {
  const { rows: sequences } = await client.query<{ name: string }>(
    `SELECT sequencename AS name FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1`,
  );
  const states: SequenceState[] = [];
  for (const { name } of sequences) {
    const { rows } = await client.query<{ value: string; isCalled: boolean }>(
      `SELECT last_value AS value, is_called AS "isCalled" FROM ${client.escapeIdentifier(name)}`,
    );
    if (rows[0]) states.push({ name, ...rows[0] });
  }
  return states;
}

export function copyTable(client: pg.ClientBase, { name, columns }: CatalogTable): CopyToStreamQuery {
  return client.query(copyTo(`COPY ${quoteTable(name)} (${columns.map(quote).join(', ')}) TO STDOUT`));
}

export function quoteTable(name: string): string {
  return quote(name);
}

export function quote(identifier: string): string {
  return pg.escapeIdentifier(identifier);
}

export type SavedKeys = {
  masterKeys: { version: number; mark: string; isNeeded: boolean }[];
  sealingKeys: { id: string; wrappedBy: string }[];
};

/**
 * Reads which keys the site needs. The keys themselves are not in the database. A column named `key_version` holds the version of
 * the master key that a row needs, and one named `wrapped_by` holds the name of the key.
 */
export async function readKeys(client: pg.ClientBase): Promise<SavedKeys> {
  const tables = await listTables(client);
  const values = (column: string, value: string) =>
    tables.filter(({ columns }) => columns.includes(column)).map(({ name }) => `SELECT ${value} FROM ${quote(name)}`);
  const needed = [...values('key_version', `'master:' || key_version`), ...values('wrapped_by', 'wrapped_by')];
  const { rows: masterKeys } = await client.query<SavedKeys['masterKeys'][number]>(
    `SELECT version, mark, 'master:' || version IN (${needed.join(' UNION ')}) AS "isNeeded"
       FROM master_key_marks ORDER BY version`,
  );
  const { rows: sealingKeys } = await client.query<SavedKeys['sealingKeys'][number]>(
    'SELECT id, wrapped_by AS "wrappedBy" FROM sealing_keys ORDER BY created_at, id',
  );
  return { masterKeys, sealingKeys };
}

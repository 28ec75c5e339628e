import type pg from 'pg';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import { quote, quoteTable, TEXT_SETTINGS, type CatalogTable, type SequenceState } from './dump-database.sql.ts';

export async function beginLoad(client: pg.ClientBase): Promise<void> {
  await client.query(`BEGIN; ${TEXT_SETTINGS}`);
}

export async function endLoad(client: pg.ClientBase, end: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  await client.query(end);
}

export type ForeignKey = { table: string; name: string; definition: string };

/**
 * Drops the foreign keys of the schema, so that tables can be loaded in any order. Disabling their triggers instead would take a
 * superuser. The owner of the tables may drop and add them.
 */
export async function dropForeignKeys(tx: pg.ClientBase): Promise<ForeignKey[]> {
  const { rows } = await tx.query<ForeignKey>(
    `SELECT c.conrelid::regclass::text AS table, c.conname AS name, pg_get_constraintdef(c.oid) AS definition
       FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace ORDER BY 1, 2`,
  );
  for (const { table, name } of rows) await tx.query(`ALTER TABLE ${table} DROP CONSTRAINT ${quote(name)}`);
  return rows;
}

/** Adding a foreign key checks every row. */
export async function addForeignKeys(tx: pg.ClientBase, keys: ForeignKey[]): Promise<void> {
  for (const { table, name, definition } of keys) {
    await tx.query(`ALTER TABLE ${table} ADD CONSTRAINT ${quote(name)} ${definition}`);
  }
}

/** Triggers queue garbage and counts, which the backup holds already. */
export async function switchTriggers(tx: pg.ClientBase, tables: string[], state: 'DISABLE' | 'ENABLE'): Promise<void> {
  for (const table of tables) await tx.query(`ALTER TABLE ${quoteTable(table)} ${state} TRIGGER USER`);
}

/** Migrations insert some rows. */
export async function emptyTables(tx: pg.ClientBase, tables: string[]): Promise<void> {
  await tx.query(`TRUNCATE ${tables.map(quoteTable).join(', ')}`);
}

export function fillTable(tx: pg.ClientBase, { name, columns }: CatalogTable): CopyStreamQuery {
  return tx.query(copyFrom(`COPY ${quoteTable(name)} (${columns.map(quote).join(', ')}) FROM STDIN`));
}

export async function setSequence(tx: pg.ClientBase, { name, value, isCalled }: SequenceState): Promise<void> {
  await tx.query('SELECT setval($1::regclass, $2, $3)', [quoteTable(name), value, isCalled]);
}

/** Gathers statistics, without which the first queries are slow. */
export async function gatherStatistics(client: pg.ClientBase): Promise<void> {
  await client.query('ANALYZE');
}

/** Forgets versions of the master key that nothing needs, so that the site may generate another one. */
export async function forgetMasterKeys(client: pg.ClientBase, versions: number[]): Promise<void> {
  if (versions.length > 0) await client.query('DELETE FROM master_key_marks WHERE version = ANY ($1)', [versions]);
}

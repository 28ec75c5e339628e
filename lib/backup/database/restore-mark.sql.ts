// A table that exists while a restore is under way. It isn't part of the schema, because it comes before the first migration.
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';

export type RestoreMark = { backupId: string; isLoaded: boolean };

/** Resolves to null unless a restore is under way. */
export async function readRestoreMark(client: pg.ClientBase): Promise<RestoreMark | null> {
  const { rows: tables } = await client.query<{ isThere: boolean }>(
    `SELECT to_regclass('restore_in_progress') IS NOT NULL AS "isThere"`,
  );
  if (!tables[0]?.isThere) return null;
  const { rows } = await client.query<RestoreMark>(
    'SELECT backup_id AS "backupId", is_loaded AS "isLoaded" FROM restore_in_progress',
  );
  return rows[0] ?? null;
}

/** @throws AppError `unavailable` while a restore is under way */
export async function requireNoRestore(client: pg.ClientBase): Promise<void> {
  const mark = await readRestoreMark(client);
  if (!mark) return;
  const sentence = `The restore of the backup ${mark.backupId} into this database hasn't finished.`;
  throw new AppError('unavailable', `${sentence} Run "npm run vitrine -- restore" with the same backup again.`);
}

export async function startRestoreMark(client: pg.ClientBase, backupId: string): Promise<void> {
  await client.query(
    `BEGIN; CREATE TABLE restore_in_progress (backup_id text NOT NULL, is_loaded boolean NOT NULL DEFAULT false)`,
  );
  await client.query('INSERT INTO restore_in_progress (backup_id) VALUES ($1)', [backupId]);
  await client.query('COMMIT');
}

/** Goes into the transaction that loads the tables. */
export async function markLoaded(tx: pg.ClientBase): Promise<void> {
  await tx.query('UPDATE restore_in_progress SET is_loaded = true');
}

export async function endRestoreMark(client: pg.ClientBase): Promise<void> {
  await client.query('DROP TABLE restore_in_progress');
}

/** Whether the schema has neither tables nor a job queue. */
export async function isDatabaseEmpty(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ isEmpty: boolean }>(
    `SELECT to_regnamespace('graphile_worker') IS NULL AND NOT EXISTS (
              SELECT FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v')
                 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')) AS "isEmpty"`,
  );
  return rows[0]?.isEmpty === true;
}

// Loads the tables of a backup into a database that was migrated to the same version.
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { readPart } from '#lib/backup/part-file.ts';
import type { BackupManifest } from '#lib/backup/backup-manifest.ts';
import { addSavedJobs, openSavedJobs } from '#lib/platform/jobs/saved-jobs.sql.ts';
import { AppError } from '#lib/platform/errors.ts';
import { listTables } from './dump-database.sql.ts';
import {
  addForeignKeys,
  gatherStatistics,
  beginLoad,
  dropForeignKeys,
  emptyTables,
  endLoad,
  fillTable,
  setSequence,
  switchTriggers,
} from './load-database.sql.ts';
import { markLoaded } from './restore-mark.sql.ts';

type LoadInput = { folder: string; manifest: BackupManifest; onTable?: (name: string) => void };

/**
 * Loads every table in one transaction, so that a crash leaves none of them.
 * @throws AppError `invalid_input` when the tables don't fit the database
 */
export async function loadDatabase(client: pg.Client, input: LoadInput): Promise<void> {
  const { manifest, folder, onTable = () => undefined } = input;
  const partPath = (file: string) => join(folder, manifest.folder, file);
  await beginLoad(client);
  try {
    const names = manifest.tables.map(({ name }) => name);
    requireTables(await listTables(client), manifest);
    const foreignKeys = await dropForeignKeys(client);
    await switchTriggers(client, names, 'DISABLE');
    await emptyTables(client, names);
    for (const table of manifest.tables) {
      onTable(table.name);
      const filling = fillTable(client, table);
      await pipeline(readPart(partPath(table.part.file)), filling);
      requireRows(table.name, table.rows, filling.rowCount);
    }
    const jobs = await openSavedJobs(client);
    await pipeline(readPart(partPath(manifest.jobs.part.file)), jobs);
    requireRows('jobs', manifest.jobs.rows, jobs.rowCount);
    await addSavedJobs(client);
    for (const sequence of manifest.sequences) await setSequence(client, sequence);
    await addForeignKeys(client, foreignKeys);
    await switchTriggers(client, names, 'ENABLE');
    await markLoaded(client);
    await endLoad(client, 'COMMIT');
  } catch (error) {
    await endLoad(client, 'ROLLBACK').catch(() => undefined);
    throw error;
  }
  await gatherStatistics(client);
}

function requireTables(tables: { name: string; columns: string[] }[], { tables: saved }: BackupManifest): void {
  const known = new Map(tables.map(({ name, columns }) => [name, new Set(columns)]));
  const strange = saved.find(({ name, columns }) => !columns.every((column) => known.get(name)?.has(column)));
  if (!strange) return;
  throw new AppError('invalid_input', `The backup's table ${strange.name} has columns that its migrations don't make.`);
}

function requireRows(name: string, saved: number, loaded: number): void {
  if (saved === loaded) return;
  throw new AppError('invalid_input', `The backup's table ${name} holds ${loaded} of ${saved} rows. It is damaged.`);
}

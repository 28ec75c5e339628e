// Dumps the database table by table in one snapshot. COPY in text form can be loaded into any newer PostgreSQL.
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type pg from 'pg';
import { writePart, type BackupPart } from '#lib/backup/part-file.ts';
import type { SavedSequence, SavedTable } from '#lib/backup/backup-manifest.ts';
import { copyJobs } from '#lib/platform/jobs/saved-jobs.sql.ts';
import { listRecorded } from '#lib/platform/pg/migrations/migrate.sql.ts';
import {
  beginSnapshot,
  copyTable,
  endSnapshot,
  listSequences,
  listTables,
  readKeys,
  type SavedKeys,
} from './dump-database.sql.ts';
import { STORE_TABLES, UNSAVED_TABLES } from './saved-tables.ts';

export type Dump = SavedKeys & {
  takenAt: Date;
  migrations: string[];
  tables: SavedTable[];
  sequences: SavedSequence[];
  jobs: { rows: number; part: BackupPart };
};

type DumpInput = {
  /** An existing folder. */
  folder: string;
  /** Whether the restored site will use the same storage. */
  isStoreKept: boolean;
  onTable?: (name: string) => void;
};

export async function dumpDatabase(client: pg.Client, input: DumpInput): Promise<Dump> {
  const { folder, isStoreKept, onTable = () => undefined } = input;
  const takenAt = await beginSnapshot(client);
  const save = async (source: Readable & { rowCount: number }, file: string) => {
    const part = await writePart(join(folder, file), source);
    return { rows: source.rowCount, part };
  };
  const unsaved = isStoreKept ? UNSAVED_TABLES : { ...UNSAVED_TABLES, ...STORE_TABLES };
  const tables: SavedTable[] = [];
  for (const table of await listTables(client)) {
    if (table.name in unsaved) continue;
    onTable(table.name);
    tables.push({ ...table, ...(await save(copyTable(client, table), `${table.name}.copy.zst`)) });
  }
  const jobs = await save(copyJobs(client), 'jobs.copy.zst');
  const migrations = (await listRecorded(client)).map(({ name }) => name).sort();
  const dump = {
    takenAt,
    migrations,
    tables,
    sequences: await listSequences(client),
    jobs,
    ...(await readKeys(client)),
  };
  await endSnapshot(client);
  return dump;
}

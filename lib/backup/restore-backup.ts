// Restores a backup into an empty place. A mark in the database keeps the site from starting until all of it is there.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Disk } from '#lib/blobs/disk/open-disk.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import { migrateJobs } from '#lib/platform/jobs/run-worker.ts';
import type { Log } from '#lib/platform/log.ts';
import { connectDatabase, inspectDatabase } from '#lib/platform/pg/connect-database.ts';
import { openDatabase } from '#lib/platform/pg/db.ts';
import { startEmbeddedPostgres } from '#lib/platform/pg/embedded-postgres.ts';
import { migrate } from '#lib/platform/pg/migrations/migrate.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { readInventory, type SavedBlob } from './blobs/inventory.ts';
import { restoreBlobs, type BlobRestoring } from './blobs/restore-blobs.ts';
import { findDamagedBlobs, nameSome, openBackup } from './check-backup.ts';
import { requireEmptyDatabase, requireSecrets, requireSpace, requireStore, type StoreRules } from './check-target.ts';
import { forgetMasterKeys } from './database/load-database.sql.ts';
import { loadDatabase } from './database/load-database.ts';
import { endRestoreMark, startRestoreMark, type RestoreMark } from './database/restore-mark.sql.ts';
import { readSavedSecrets, readSecrets, restoreSecrets } from './secrets.ts';

export type RestoreSite = {
  log: Log;
  config: {
    dataDir: string;
    s3: object | null;
    masterKeys: ReadonlyMap<number, string> | undefined;
    authSecret: string | undefined;
  };
  /** Not that of a pooler. Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  /** Looks at the store without creating it. Resolves to null if it doesn't exist. */
  lookAtStore: () => Promise<{ volume: Volume; has: (blob: SavedBlob) => Promise<boolean>; close: () => void } | null>;
  /** Opens the store for bytes as they are stored. */
  openStore: (pool: pg.Pool) => Promise<Disk & { store: BlobStore }>;
};

export type RestoreOptions = {
  folder: string;
  /** Restores what is left of a backup that lacks blobs, and allows another AUTH_SECRET. */
  isLossAccepted: boolean;
  /** Allows a listed backup to be restored onto the store that it was taken from, which no other site uses any more. */
  isSameStore: boolean;
  onProgress?: (sentence: string) => void;
};

export type RestoredSite = {
  id: string;
  takenAt: string;
  rows: number;
  /** Null: they were in place. */
  blobs: Omit<BlobRestoring, 'lost'> | null;
  lost: Digest[];
  /** An interrupted restore of the same backup went on. */
  isContinued: boolean;
  /** Migrations that the backup's version didn't have. */
  migrations: string[];
};

/**
 * Restores a backup. After an interruption, repeat it with the same backup.
 * @throws AppError with a message for the operator; before anything is written if the backup or the place doesn't fit
 */
export async function restoreBackup(site: RestoreSite, input: RestoreOptions): Promise<RestoredSite> {
  const { isLossAccepted, isSameStore, onProgress = () => undefined } = input;
  const folder = resolve(input.folder);
  const { dataDir } = site.config;
  const manifest = await openBackup(folder);
  const saved = await readSavedSecrets(folder, manifest);
  const secrets = { settings: site.config, generated: await readSecrets(dataDir), saved };
  const lostKeys = requireSecrets(secrets, manifest, isLossAccepted);
  const isNew = site.databaseUrl === null && !existsSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'));
  const check = async (mark: RestoreMark | null) => {
    const lost = await checkBlobs(site, { folder, manifest, isContinued: mark !== null, isSameStore, onProgress });
    if (lost.length === 0 || isLossAccepted) return;
    const sentence = `${lost.length} of ${manifest.blobs.count} blobs are missing or damaged: ${nameSome(lost)}.`;
    throw new AppError(
      'invalid_input',
      `${sentence} Restore another backup, or what is left of this one with --accept-loss.`,
    );
  };
  // An embedded database that doesn't exist is only created once everything else is fine.
  if (isNew) await check(null);
  const embedded = site.databaseUrl === null ? await startEmbeddedPostgres({ dataDir, database: 'vitrine' }) : null;
  try {
    const url = site.databaseUrl ?? embedded?.url ?? '';
    const client = await connectDatabase(url);
    try {
      await inspectDatabase(client);
      const mark = await requireEmptyDatabase(client, manifest);
      if (!isNew) await check(mark);
      if (!mark) await startRestoreMark(client, manifest.id);
      await restoreSecrets(dataDir, saved);
      return await write(site, { url, client, folder, manifest, mark, lostKeys, onProgress });
    } finally {
      await client.end();
    }
  } finally {
    await embedded?.stop();
  }
}

type Filling = {
  folder: string;
  manifest: BackupManifest;
  onProgress: (sentence: string) => void;
};

type Checking = Filling & StoreRules;

/** Resolves to the blobs that can't be restored. */
async function checkBlobs(site: RestoreSite, { folder, manifest, onProgress, ...rules }: Checking): Promise<Digest[]> {
  const stored = await site.lookAtStore();
  try {
    await requireStore(stored?.volume ?? null, manifest, rules);
    if (manifest.blobs.kind === 'saved' && !site.config.s3 && !rules.isContinued)
      await requireSpace(site.config.dataDir, manifest);
    if (manifest.blobs.kind === 'saved') return await findDamagedBlobs(folder, manifest, onProgress);
    const missing: Digest[] = [];
    for await (const blob of readInventory(folder, manifest)) {
      if (!(await stored?.has(blob))) missing.push(blob.sha256);
    }
    return missing;
  } finally {
    stored?.close();
  }
}

type Writing = {
  url: string;
  client: pg.Client;
  folder: string;
  manifest: BackupManifest;
  mark: RestoreMark | null;
  lostKeys: number[];
  onProgress: (sentence: string) => void;
};

async function write(site: RestoreSite, writing: Writing): Promise<RestoredSite> {
  const { url, client, folder, manifest, mark, lostKeys, onProgress } = writing;
  if (!mark?.isLoaded) await migrate(url, { only: new Set(manifest.migrations) });
  const database = openDatabase(url, {
    onError: (error) => site.log.warn({ err: error }, 'lost a database connection'),
  });
  try {
    const { pool } = database;
    await migrateJobs(pool, site.log);
    if (!mark?.isLoaded) {
      await loadDatabase(client, { folder, manifest, onTable: (name) => onProgress(`table ${name}`) });
    }
    await forgetMasterKeys(client, lostKeys);
    const migrations = await migrate(url);
    const { lost, ...blobs } = await fillStore(site, pool, { folder, manifest, onProgress });
    await endRestoreMark(client);
    return {
      id: manifest.id,
      takenAt: manifest.takenAt,
      isContinued: mark !== null,
      migrations,
      lost,
      rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
      blobs: manifest.blobs.kind === 'saved' ? blobs : null,
    };
  } finally {
    await database.close();
  }
}

async function fillStore(site: RestoreSite, pool: pg.Pool, input: Filling): Promise<BlobRestoring> {
  const target = await site.openStore(pool);
  try {
    const isSaved = input.manifest.blobs.kind === 'saved';
    const nothing: BlobRestoring = { restored: 0, restoredBytes: 0, present: 0, unknown: 0, lost: [] };
    const restoring = isSaved ? await restoreBlobs({ ...input, pool, target }) : nothing;
    await target.volume.joinSite(input.manifest.siteId, { isForced: true });
    return restoring;
  } finally {
    target.volume.close();
  }
}

// A folder for backups, and empty places to restore them into.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createBackup, type Backup, type BackupInput } from '#lib/backup/create-backup.ts';
import { restoreBackup, type RestoredSite, type RestoreOptions } from '#lib/backup/restore-backup.ts';
import { readConfig } from '#lib/config.ts';
import { openBackupSite, toRestoreSite } from '#lib/open-backup-site.ts';
import { createLog } from '#lib/platform/log.ts';
import { createEmptyDatabase, createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';

export type RestorePlace = { env: Record<string, string>; dataDir: string; databaseUrl: string };

/** Settings that a site and its restored copy share. */
export const SITE_SECRETS = { MASTER_KEY: randomBytes(32).toString('base64'), AUTH_SECRET: randomUUID() };

export type BackupPlaces = {
  /** A new folder. */
  newFolder: () => Promise<string>;
  /** An empty database and an empty DATA_DIR. */
  newPlace: (env?: Record<string, string>) => Promise<RestorePlace>;
  backUp: (site: TestApp, input: Partial<BackupInput> & { folder: string }) => Promise<Backup>;
  restore: (place: RestorePlace, folder: string, options?: Partial<RestoreOptions>) => Promise<RestoredSite>;
  /** Starts the site of a place. `close` stops it. */
  open: (place: RestorePlace) => Promise<TestApp>;
  close: () => Promise<void>;
};

export function useBackupPlaces(): BackupPlaces {
  const folders: string[] = [];
  const opened: TestApp[] = [];
  const log = createLog('error', false);
  const newFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-backup-'));
    folders.push(folder);
    return folder;
  };
  return {
    newFolder,
    newPlace: async (env = {}) => {
      const [dataDir, databaseUrl] = [await newFolder(), await createEmptyDatabase(inject('templateUrl'))];
      const settings = { DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...SITE_SECRETS, ...env };
      return { dataDir, databaseUrl, env: settings };
    },
    backUp: async ({ app }, input) => {
      const site = await openBackupSite(app.config, log);
      try {
        return await createBackup(site, { mode: null, base: null, withSecrets: false, ...input });
      } finally {
        await site.close();
      }
    },
    restore: ({ env }, folder, options) =>
      restoreBackup(toRestoreSite(readConfig(env), log), {
        folder,
        isLossAccepted: false,
        isSameStore: false,
        ...options,
      }),
    open: async ({ env }) => {
      const site = await createTestApp(env);
      opened.push(site);
      return site;
    },
    close: async () => {
      for (const site of opened) await site.close();
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Changes one byte in the middle of a file, by replacing it. */
export async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await rm(path);
  await writeFile(path, bytes);
}

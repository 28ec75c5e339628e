// The parts of a site that a backup and a restore use: storage as it is, without cache and decryption.
import { existsSync } from 'node:fs';
import { blobsDir } from './blobs/disk/paths.ts';
import { openDisk } from './blobs/disk/open-disk.ts';
import type { BackupSite } from './backup/create-backup.ts';
import type { RestoreSite } from './backup/restore-backup.ts';
import type { Config } from './config.ts';
import { openStore } from './open-blobs.ts';
import type { Log } from './platform/log.ts';
import { openUnmigratedDatabase } from './prepare-database.ts';

/** @throws AppError with a message for the operator */
export async function openBackupSite(config: Config, log: Log): Promise<BackupSite & { close: () => Promise<void> }> {
  const database = await openUnmigratedDatabase(config, log);
  try {
    const { pool, embedded } = database;
    const { store, volume } = await openStore(config, pool);
    const close = async () => {
      volume.close();
      await database.close();
    };
    const databaseUrl = config.database.directUrl ?? config.databaseUrl ?? embedded?.url ?? '';
    return { pool, databaseUrl, store, volume, config, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Opens nothing yet, because a restore first looks whether it may write. */
export function toRestoreSite(config: Config, log: Log): RestoreSite {
  return {
    config,
    log,
    databaseUrl: config.database.directUrl ?? config.databaseUrl ?? null,
    lookAtStore: () => lookAtStore(config),
    openStore: (pool) => openStore(config, pool),
  };
}

async function lookAtStore(config: Config): ReturnType<RestoreSite['lookAtStore']> {
  const { dataDir, s3 } = config;
  if (s3) {
    const { openS3Objects, openS3Volume } = await import('#lib/blobs/s3/open-s3.ts');
    const volume = openS3Volume(s3, { dataDir, reserveBytes: 0 });
    const objects = openS3Objects(s3);
    const close = () => {
      volume.close();
      objects.close();
    };
    const has = (blob: { version: string | null; sizeBytes: number }) =>
      blob.version === null ? Promise.resolve(false) : objects.has(blob.version, blob.sizeBytes);
    return { volume, has, close };
  }
  if (!existsSync(blobsDir(dataDir))) return null;
  const { store, volume } = await openDisk(dataDir, { reserveBytes: 0 });
  return {
    volume,
    has: async (blob) => (await store.stat(blob))?.sizeBytes === blob.sizeBytes,
    close: () => volume.close(),
  };
}

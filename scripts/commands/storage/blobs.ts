import { openDisk } from '#lib/blobs/disk/open-disk.ts';
import { openS3 } from '#lib/blobs/s3/open-s3.ts';
import { sealStorage } from '#lib/blobs/sealed/seal-storage.ts';
import type { StoredSealing } from '#lib/blobs/sealed/seal-stored-blobs.ts';
import type { BlobCopy } from '#lib/blobs/copy-blobs.ts';
import { readConfig } from '#lib/config.ts';
import { joinMasterKeys } from '#lib/keys/join-master-keys.ts';
import { openMasterKeys } from '#lib/keys/master-keys.ts';
import { openSealing } from '#lib/keys/open-sealing.ts';
import { openKeyServices } from '#lib/keys/services/open-key-services.ts';
import { chooseSealing, openStore } from '#lib/open-blobs.ts';
import { sealStore } from '#lib/distribution/integrity/seal-store.ts';
import { copyStore } from '#lib/distribution/integrity/copy-store.ts';
import { openSiteDatabase } from '#lib/prepare-database.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createLog } from '#lib/platform/log.ts';
import { formatBytes } from '#components/ui/format-number.ts';
import { print, reportProgress, required, type Command } from '../command.ts';

/** Exit code of a copy that left damaged blobs out. */
const FOUND_PROBLEMS = 2;

export const copyBlobsCommand: Command = {
  summary: 'Copy blobs between DATA_DIR and S3_BUCKET, beside a running server. Resumes. Exit code 2: found damage',
  options: { to: { value: 'STORAGE', doc: 's3 or disk', isRequired: true } },
  run: async (values) => {
    const target = required(values, 'to');
    if (target !== 's3' && target !== 'disk') throw new AppError('invalid_input', '--to must be s3 or disk.');
    const config = readConfig();
    if (!config.s3) throw new AppError('invalid_input', 'S3_BUCKET is not set. Set it for this command too.');
    const { dataDir, diskReserveBytes: reserveBytes } = config;
    const log = createLog('warn', false);
    const database = await openSiteDatabase(config, log);
    try {
      const { pool } = database;
      const disk = await openDisk(dataDir, { reserveBytes });
      const s3 = await openS3(config.s3, { pool, dataDir, reserveBytes });
      const masterKeys = openMasterKeys(config);
      await joinMasterKeys({ pool }, masterKeys);
      const keyServices = await openKeyServices(config, masterKeys);
      const seal = async (storage: typeof disk | typeof s3, isWanted: boolean | null) => {
        return {
          ...storage,
          ...sealStorage(
            storage,
            await openSealing({ pool, keyServices, log }, { isWanted, cacheSeconds: config.kmsCacheSeconds }),
          ),
        };
      };
      const sealed = [await seal(disk, config.isStorageSealed), await seal(s3, chooseSealing(config))] as const;
      const [from, to] = target === 's3' ? sealed : sealed.toReversed();
      const report = reportProgress(({ copied, copiedBytes, present }: BlobCopy) => {
        return `${copied} copied, ${formatBytes(copiedBytes)}, ${present} present`;
      });
      const copy = await copyStore({ pool }, { from, to, onProgress: report });
      for (const { volume } of [disk, s3]) volume.close();
      keyServices.close();
      const { copied, copiedBytes, present, damaged, damagedDigests } = copy;
      print(values, { ...copy }, [
        `${copied} blobs copied, ${formatBytes(copiedBytes)}. ${present} were there already. ${damaged} are damaged.`,
        ...damagedDigests.map((digest) => `  damaged  ${digest}`),
      ]);
      if (damaged > 0) process.exitCode = FOUND_PROBLEMS;
    } finally {
      await database.close();
    }
  },
};

export const sealBlobsCommand: Command = {
  summary:
    'Encrypt the blobs that are stored unsealed, beside running servers. Needs SEALED_STORAGE=1. Exit code 2: found damage',
  options: {},
  run: async (values) => {
    const config = readConfig();
    if (chooseSealing(config) !== true)
      throw new AppError('invalid_input', 'Set SEALED_STORAGE=1 for the servers and this command.');
    const log = createLog('warn', false);
    const database = await openSiteDatabase(config, log);
    try {
      const { pool } = database;
      const masterKeys = openMasterKeys(config);
      const keyServices = await openKeyServices(config, masterKeys);
      const storage = await openStore(config, pool);
      const report = reportProgress(({ sealed, sealedBytes }: StoredSealing) => {
        return `${sealed} sealed, ${formatBytes(sealedBytes)}`;
      });
      const sealing = await sealStore({ pool, masterKeys, keyServices, log }, { storage, onProgress: report });
      storage.volume.close();
      keyServices.close();
      const { sealed, sealedBytes, damaged } = sealing;
      print(values, sealing, [
        `${sealed} blobs sealed, ${formatBytes(sealedBytes)}. ${damaged} are damaged and stay unsealed.`,
      ]);
      if (damaged > 0) process.exitCode = FOUND_PROBLEMS;
    } finally {
      await database.close();
    }
  },
};

import type pg from 'pg';
import { sealStoredBlobs, type StoredSealing } from '#lib/blobs/sealed/seal-stored-blobs.ts';
import type { Storage } from '#lib/blobs/sealed/seal-storage.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import { joinMasterKeys } from '#lib/keys/join-master-keys.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import { openSealing } from '#lib/keys/open-sealing.ts';
import type { KeyServices } from '#lib/keys/services/open-key-services.ts';
import type { Log } from '#lib/platform/log.ts';
import { AppError } from '#lib/platform/errors.ts';
import { readSiteId } from './join-site.sql.ts';

type SealingInput = { storage: Storage & { volume: Volume }; onProgress?: (sealing: StoredSealing) => void };

/**
 * Seals the blobs that the site has stored unsealed. Servers may run meanwhile.
 * @throws AppError `conflict` when the storage or the master key isn't that of the site
 */
export async function sealStore(
  app: { pool: pg.Pool; masterKeys: MasterKeys; keyServices: KeyServices; log: Log },
  { storage, onProgress }: SealingInput,
): Promise<StoredSealing> {
  // With another database or master key, nobody could read the blobs afterwards.
  const siteId = await readSiteId(app.pool);
  if (siteId === null || (await storage.volume.readSiteId()) !== siteId) {
    throw new AppError('conflict', `The database doesn't belong to ${storage.volume.name}. Nothing was sealed.`);
  }
  await joinMasterKeys(app, app.masterKeys);
  const keys = await openSealing(app, { isWanted: true });
  return sealStoredBlobs(storage, keys, onProgress);
}

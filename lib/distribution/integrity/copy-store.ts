import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { copyBlobs, type BlobCopy } from '#lib/blobs/copy-blobs.ts';
import type { StagingArea } from '#lib/blobs/staging-area.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import { AppError } from '#lib/platform/errors.ts';
import { readSiteId } from './join-site.sql.ts';

type Storage = { store: BlobStore; staging: StagingArea; volume: Volume };

/**
 * Copies the site's blobs to other storage and marks that as the site's. The server may run meanwhile, on the old
 * storage or the new one.
 * @throws AppError `conflict` when one of them belongs to another site
 */
export async function copyStore(
  { pool }: { pool: pg.Pool },
  { from, to, onProgress }: { from: Storage; to: Storage; onProgress?: (copy: BlobCopy) => void },
): Promise<BlobCopy> {
  const siteId = await readSiteId(pool);
  if (siteId === null || (await from.volume.readSiteId()) !== siteId) {
    throw new AppError('conflict', `The database doesn't belong to ${from.volume.name}. Nothing was copied.`);
  }
  const found = await to.volume.readSiteId();
  if (found !== null && found !== siteId) {
    throw new AppError('conflict', `Another site uses ${to.volume.name}. Nothing was copied.`);
  }
  const copy = await copyBlobs(from.store, to, onProgress && { onProgress });
  await to.volume.joinSite(siteId);
  return copy;
}

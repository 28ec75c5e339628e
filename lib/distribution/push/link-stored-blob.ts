import type pg from 'pg';
import type { BlobKey, BlobStore } from '#lib/blobs/blob-store.ts';
import { linkBlob, type BlobLink } from '#lib/images/link-blob.sql.ts';
import { markDamaged } from '#lib/distribution/integrity/mark-damaged.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { RecentLinks } from './recent-links.ts';

type App = { pool: pg.Pool; blobs: BlobStore; recentLinks: RecentLinks; log: Log };

/**
 * Links a blob whose bytes are durable to a repository.
 * @throws AppError `unavailable`, after which the client must send the blob again
 */
export async function linkStoredBlob(app: App, link: BlobLink): Promise<void> {
  await linkBlob(app, link);
  const key = { sha256: link.stored.sha256, scope: link.scope };
  await requireStored(app, key);
  app.recentLinks.add(link, key);
}

/**
 * Checks that the blob's bytes still exist after it was linked. Eviction or garbage collection may have removed an
 * existing copy between the arrival of these bytes and their link. No lock covers that gap.
 * This check is final. A removal locks the blob's row, so it precedes the link, and linked blobs are never removed. The
 * link stays, because concurrent pushes may share it, but the blob is marked missing. Until it is sent again, nobody
 * can mount it or reference it in a manifest.
 */
async function requireStored(app: App, key: BlobKey): Promise<void> {
  const isMissing = async () => (await app.blobs.stat(key)) === null;
  if (!(await isMissing())) return;
  await markDamaged(app, { key, damage: 'missing', isStillSo: isMissing });
  if (!(await isMissing())) return;
  throw new AppError('unavailable', 'The received bytes were removed. Send them again.');
}

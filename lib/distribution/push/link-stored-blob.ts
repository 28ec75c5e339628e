import type pg from 'pg';
import { siteBlob, type BlobStore, type StoredBlob } from '#lib/blobs/blob-store.ts';
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
  await requireStored(app, link.stored);
  app.recentLinks.add(link, link.stored.sha256);
}

/**
 * Checks that the blob's bytes still exist after it was linked. Eviction or garbage collection may have removed an
 * existing copy between the arrival of these bytes and their link. No lock covers that gap.
 * This check is final. A removal locks the blob's row, so it precedes the link, and linked blobs are never removed. The
 * link stays, because concurrent pushes may share it, but the blob is marked missing. Until it is sent again, nobody
 * can mount it or reference it in a manifest.
 */
async function requireStored(app: App, { sha256 }: StoredBlob): Promise<void> {
  const isMissing = async () => (await app.blobs.stat(siteBlob(sha256))) === null;
  if (!(await isMissing())) return;
  await markDamaged(app, { sha256, damage: 'missing', isStillSo: isMissing });
  if (!(await isMissing())) return;
  throw new AppError('unavailable', 'The received bytes were removed. Send them again.');
}

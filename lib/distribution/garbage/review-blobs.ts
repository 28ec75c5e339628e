// Second half of garbage collection: deletes blobs that no repository links to. Bytes and row go in one transaction,
// which locks the row. A concurrent link to the same bytes waits for the lock and then finds the blob gone
// (images/mount-blob-link.sql.ts, distribution/push/finish-upload.ts). A crash in between leaves a row without bytes or
// links. Clients can't reach it, and the next review deletes it. The row must never go first: bytes that outlive their
// row could be deleted from under a later push.
import type pg from 'pg';
import { parseAddress } from '#lib/blobs/blob-address.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { mayRemoveBlobs } from '#lib/blobs/hold-removals.sql.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import type { Amount } from './brake.ts';
import type { Review, ReviewOptions } from './review-links.ts';
import {
  countBlobs,
  countUnrecorded,
  deleteBlobs,
  listLinkedIds,
  lockBlobs,
  requeueBlobs,
  settleBlobReviews,
  takeDueBlobs,
  type BlobPlace,
  type LockedBlob,
} from './review-blobs.sql.ts';

/** Small, because a push of any blob in the batch waits for the whole batch. */
const BATCH = 20;

/** `isHeld`: a backup is running, so blobs stay until the next run. */
export type BlobReview = Review & { freedBytes: number; isHeld: boolean };

export const NO_BLOBS: Readonly<BlobReview> = { reviewed: 0, kept: 0, removed: 0, freedBytes: 0, isHeld: false };

type App = { pool: pg.Pool; blobs: BlobStore; log: Log };
type Fate = 'removed' | 'kept' | 'later';

export async function reviewBlobs(app: App, options: ReviewOptions): Promise<BlobReview> {
  const total = { ...NO_BLOBS };
  let place: BlobPlace | null = { queuedAt: '-infinity', blobId: '0' };
  while (place) {
    const after: BlobPlace = place;
    const end = options.isDryRun ? 'rollback' : 'commit';
    const batch = await inTransaction(app.pool, (client) => reviewBatch(app, client, after, options), { end });
    for (const key of ['reviewed', 'kept', 'removed', 'freedBytes'] as const) total[key] += batch[key];
    total.isHeld = batch.isHeld;
    place = batch.last;
  }
  return total;
}

/** Counts the blobs that a run would remove without a recorded delete. */
export async function countUnexplained({ pool }: { pool: pg.Pool }, before: Date): Promise<Amount> {
  const count = await countUnrecorded(pool, before);
  return { count, storedCount: count === 0 ? 0 : await countBlobs(pool) };
}

async function reviewBatch(
  app: App,
  client: pg.PoolClient,
  after: BlobPlace,
  options: ReviewOptions,
): Promise<BlobReview & { last: BlobPlace | null }> {
  if (!(await mayRemoveBlobs(client))) return { ...NO_BLOBS, isHeld: true, last: null };
  const due = await takeDueBlobs(client, { after, before: options.before, limit: BATCH });
  const last = due.at(-1);
  if (!last) return { ...NO_BLOBS, last: null };
  const ids = due.map((row) => row.blob_id);
  const blobs = await lockBlobs(client, ids);
  // Read the links only after locking the rows. The result then includes every existing link, and none can be added.
  const linked = new Set(await listLinkedIds(client, ids));
  const fates = new Map<string, Fate>();
  for (const blob of blobs) fates.set(blob.id, linked.has(blob.id) ? 'kept' : await removeBytes(app, blob, options));
  const of = (fate: Fate) => blobs.filter(({ id }) => fates.get(id) === fate);
  const removed = of('removed');
  const idsOf = (rows: LockedBlob[]) => rows.map(({ id }) => id);
  await deleteBlobs(client, idsOf(removed));
  // Settle removed and kept blobs. Blobs that were already locked stay queued.
  await settleBlobReviews(client, { reviewedIds: ids, keptIds: idsOf(of('kept')) });
  await requeueBlobs(client, idsOf(of('later')));
  return {
    reviewed: blobs.length,
    kept: blobs.length - removed.length,
    removed: removed.length,
    freedBytes: removed.reduce((sum, blob) => sum + Number(blob.size_bytes), 0),
    isHeld: false,
    last: { queuedAt: last.queued_at, blobId: last.blob_id },
  };
}

/**
 * Removes the bytes of a blob. A disk error must not block the other blobs, so it is logged and retried after the grace
 * period.
 */
async function removeBytes({ blobs, log }: App, blob: LockedBlob, { before, isDryRun }: ReviewOptions): Promise<Fate> {
  if (isDryRun) return 'removed';
  const key = parseAddress(blob.sha256);
  if (!key) return 'later';
  try {
    return (await blobs.delete(key, { unlessSince: before })) ? 'removed' : 'later';
  } catch (error) {
    log.error({ err: error, sha256: blob.sha256 }, 'removing the bytes of an unreferenced blob failed');
    return 'later';
  }
}

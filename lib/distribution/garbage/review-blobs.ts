// Second half of garbage collection: a blob that no repository links to goes, bytes and row in one transaction that has the row
// locked. Who links the same bytes meanwhile waits for it, and then finds them gone (images/mount-blob-link.ts,
// distribution/push/finish-upload.ts). A crash in between leaves a row without bytes and without links, which no client can reach; the next
// review takes it. Never the other way round: bytes that outlive their row would be taken from under a later push.
import type pg from 'pg';
import { siteBlob, type BlobStore } from '#lib/blobs/blob-store.ts';
import { isDigest } from '#lib/oci/digest.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import type { Amount } from './brake.ts';
import type { Review, ReviewOptions } from './review-links.ts';

/** A push of one of them waits for the whole batch. */
const BATCH = 20;

export type BlobReview = Review & { freedBytes: number };

type App = { pool: pg.Pool; blobs: BlobStore; log: Log };
type Place = { queuedAt: Date | '-infinity'; blobId: string };
type DueRow = { blob_id: string; queued_at: Date };
type BlobRow = { id: string; sha256: string; size_bytes: string };
type Fate = 'removed' | 'kept' | 'later';

export async function reviewBlobs(app: App, options: ReviewOptions): Promise<BlobReview> {
  const total = { reviewed: 0, kept: 0, removed: 0, freedBytes: 0 };
  let place: Place | null = { queuedAt: '-infinity', blobId: '0' };
  while (place) {
    const after: Place = place;
    const end = options.isDryRun ? 'rollback' : 'commit';
    const batch = await inTransaction(app.pool, (client) => reviewBatch(app, client, after, options), end);
    for (const key of ['reviewed', 'kept', 'removed', 'freedBytes'] as const) total[key] += batch[key];
    place = batch.last;
  }
  return total;
}

/** What a run would remove that no recorded delete explains. */
export async function countUnexplained({ pool }: { pool: pg.Pool }, before: Date): Promise<Amount> {
  const { rows } = await pool.query<{ count: string }>(
    `SELECT count(*) FROM blob_reviews q JOIN blobs b ON b.id = q.blob_id
      WHERE q.queued_at < $1 AND NOT q.is_recorded AND NOT EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id)`,
    [before],
  );
  const count = Number(rows[0]?.count ?? 0);
  if (count === 0) return { count, storedCount: 0 };
  const { rows: all } = await pool.query<{ count: string }>('SELECT count(*) FROM blobs');
  return { count, storedCount: Number(all[0]?.count ?? 0) };
}

async function reviewBatch(
  app: App,
  client: pg.PoolClient,
  after: Place,
  options: ReviewOptions,
): Promise<BlobReview & { last: Place | null }> {
  const due = await takeDue(client, after, options.before);
  const last = due.at(-1);
  if (!last) return { reviewed: 0, kept: 0, removed: 0, freedBytes: 0, last: null };
  const ids = due.map((row) => row.blob_id);
  const { rows: blobs } = await client.query<BlobRow>(
    'SELECT id, sha256, size_bytes FROM blobs WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED',
    [ids],
  );
  const linked = await findLinked(client, ids);
  const fates = new Map<string, Fate>();
  for (const blob of blobs) fates.set(blob.id, linked.has(blob.id) ? 'kept' : await removeBytes(app, blob, options));
  const of = (fate: Fate) => blobs.filter(({ id }) => fates.get(id) === fate);
  const removed = of('removed');
  await client.query('DELETE FROM blobs WHERE id = ANY ($1)', [removed.map(({ id }) => id)]);
  // What is gone already, and what is settled. What somebody has locked stays in the queue as it is.
  await client.query(
    `DELETE FROM blob_reviews q WHERE q.blob_id = ANY ($1)
        AND (q.blob_id = ANY ($2) OR NOT EXISTS (SELECT FROM blobs b WHERE b.id = q.blob_id))`,
    [ids, of('kept').map(({ id }) => id)],
  );
  const laterIds = of('later').map(({ id }) => id);
  await client.query('UPDATE blob_reviews SET queued_at = now() WHERE blob_id = ANY ($1)', [laterIds]);
  return {
    reviewed: blobs.length,
    kept: blobs.length - removed.length,
    removed: removed.length,
    freedBytes: removed.reduce((sum, blob) => sum + Number(blob.size_bytes), 0),
    last: { queuedAt: last.queued_at, blobId: last.blob_id },
  };
}

async function takeDue(client: pg.PoolClient, after: Place, before: Date): Promise<DueRow[]> {
  const { rows } = await client.query<DueRow>(
    `SELECT blob_id, queued_at FROM blob_reviews WHERE queued_at < $1 AND (queued_at, blob_id) > ($2, $3)
      ORDER BY queued_at, blob_id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    [before, after.queuedAt, after.blobId],
  );
  return rows;
}

/** Only after the rows are locked: a link that was made before is seen, and none can be made any more. */
async function findLinked(client: pg.PoolClient, ids: string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ blob_id: string }>(
    'SELECT DISTINCT blob_id FROM repository_blobs WHERE blob_id = ANY ($1)',
    [ids],
  );
  return new Set(rows.map((row) => row.blob_id));
}

/** A fault of the disk with one blob must not keep the others: it is told, and tried again after the grace period. */
async function removeBytes({ blobs, log }: App, blob: BlobRow, { before, isDryRun }: ReviewOptions): Promise<Fate> {
  if (isDryRun) return 'removed';
  if (!isDigest(blob.sha256)) return 'later';
  try {
    return (await blobs.delete(siteBlob(blob.sha256), { unlessSince: before })) ? 'removed' : 'later';
  } catch (error) {
    log.error({ err: error, sha256: blob.sha256 }, 'the bytes of a blob that nobody needs could not be removed');
    return 'later';
  }
}

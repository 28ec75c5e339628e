// Bytes without a row: what a crash between the two leaves. They get a row without links and go the way of all garbage, with its
// locks: a push of the same bytes at the same time is as safe from it as from any other review.
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Amount } from './brake.ts';
import type { ReviewOptions } from './review-links.ts';

const BATCH = 500;

type App = { pool: pg.Pool; blobs: BlobStore };
type StoredFile = { sha256: string; sizeBytes: number; changedAt: Date };

/** Answers how many there are. */
export async function queueOrphans(app: App, { before, isDryRun }: ReviewOptions): Promise<number> {
  const { count } = await eachOrphans(app, before, (orphans) => (isDryRun ? Promise.resolve() : queue(app, orphans)));
  return count;
}

export async function countOrphans(app: App, before: Date): Promise<Amount> {
  return eachOrphans(app, before, () => Promise.resolve());
}

/** Reads the names of all that the store holds. */
async function eachOrphans(app: App, before: Date, take: (orphans: StoredFile[]) => Promise<void>): Promise<Amount> {
  const amount = { count: 0, storedCount: 0 };
  let batch: StoredFile[] = [];
  const settle = async () => {
    const orphans = await findOrphans(app, batch);
    await take(orphans);
    amount.count += orphans.length;
    batch = [];
  };
  for await (const file of app.blobs.list()) {
    amount.storedCount += 1;
    if (file.changedAt < before) batch.push(file);
    if (batch.length === BATCH) await settle();
  }
  await settle();
  return amount;
}

async function findOrphans({ pool }: App, files: StoredFile[]): Promise<StoredFile[]> {
  const { rows } = await pool.query<{ sha256: string }>('SELECT sha256 FROM blobs WHERE sha256 = ANY ($1)', [
    files.map(({ sha256 }) => sha256),
  ]);
  const known = new Set(rows.map((row) => row.sha256));
  return files.filter(({ sha256 }) => !known.has(sha256));
}

async function queue({ pool }: App, orphans: StoredFile[]): Promise<void> {
  if (orphans.length === 0) return;
  await pool.query(
    `WITH orphan AS (SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[]) AS o (sha256, size_bytes, changed_at)),
          added AS (INSERT INTO blobs (sha256, size_bytes) SELECT sha256, size_bytes FROM orphan ORDER BY sha256
                    ON CONFLICT DO NOTHING RETURNING id, sha256)
     INSERT INTO blob_reviews (blob_id, queued_at)
     SELECT added.id, orphan.changed_at FROM added JOIN orphan USING (sha256) ON CONFLICT DO NOTHING`,
    [
      orphans.map(({ sha256 }) => sha256),
      orphans.map(({ sizeBytes }) => sizeBytes),
      orphans.map(({ changedAt }) => changedAt),
    ],
  );
}

// Bytes without a row: what a crash between the two leaves. They get a row without links and go the way of all garbage, with its
// locks: a push of the same bytes at the same time is as safe from it as from any other review.
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Amount } from './brake.ts';
import type { ReviewOptions } from './review-links.ts';
import { insertOrphans, listKnown, type StoredFile } from './queue-orphans.sql.ts';

const BATCH = 500;

type App = { pool: pg.Pool; blobs: BlobStore };

/** Answers how many there are. */
export async function queueOrphans(app: App, { before, isDryRun }: ReviewOptions): Promise<number> {
  const { count } = await eachOrphans(app, before, (orphans) =>
    isDryRun ? Promise.resolve() : insertOrphans(app.pool, orphans),
  );
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
  const digests = files.map(({ sha256 }) => sha256);
  const known = new Set(await listKnown(pool, digests));
  return files.filter(({ sha256 }) => !known.has(sha256));
}

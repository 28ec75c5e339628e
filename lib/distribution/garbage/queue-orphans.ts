// Queues stored bytes without a row, which a crash between the two writes leaves behind. They get a row without links
// and go through the normal review. Its locks make it safe to push the same bytes concurrently.
import type pg from 'pg';
import { toAddress } from '#lib/blobs/blob-address.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { Amount } from './brake.ts';
import type { ReviewOptions } from './review-links.ts';
import { insertOrphans, listKnown, type StoredFile } from './queue-orphans.sql.ts';

const BATCH = 500;

type App = { pool: pg.Pool; blobs: BlobStore };

/** Resolves to the number of orphans. */
export async function queueOrphans(app: App, { before, isDryRun }: ReviewOptions): Promise<number> {
  const { count } = await eachOrphans(app, before, (orphans) =>
    isDryRun ? Promise.resolve() : insertOrphans(app.pool, orphans),
  );
  return count;
}

export async function countOrphans(app: App, before: Date): Promise<Amount> {
  return eachOrphans(app, before, () => Promise.resolve());
}

/** Lists the whole store and passes its orphans to `take` in batches. */
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
    const { sizeBytes, changedAt } = file;
    if (changedAt < before) batch.push({ sha256: toAddress(file.sha256, file.scope), sizeBytes, changedAt });
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

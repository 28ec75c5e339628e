// Keeps cached content within its budget by evicting whole blobs, least recently used first. Blobs stay that were pushed here,
// that a pinned repository uses, or that a repository without an upstream shares.
import type pg from 'pg';
import { parseAddress } from '#lib/blobs/blob-address.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { mayRemoveBlobs } from '#lib/blobs/hold-removals.sql.ts';
import type { UpstreamConfig } from '#lib/upstream/upstream-config.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { countCachedBytes, deleteBlobRows, listLeastUsed, lockEvictable } from './evict-blobs.sql.ts';

/** Evicts down to this share of the budget, so that the next blob doesn't trigger another eviction. */
const LOW_MARK = 0.9;
const BATCH = 100;

type App = { pool: pg.Pool; blobs: BlobStore; config: Pick<UpstreamConfig, 'mirrors'>; log: Log };

export async function evictBlobs(app: App): Promise<void> {
  const { cacheMaxBytes } = app.config.mirrors;
  let cachedBytes = await countCachedBytes(app);
  if (cachedBytes <= cacheMaxBytes) return;
  let evictedBytes = 0;
  while (cachedBytes > cacheMaxBytes * LOW_MARK) {
    const candidates = await listLeastUsed(app, BATCH);
    if (candidates.length === 0) {
      app.log.warn({ cachedBytes, cacheMaxBytes }, 'cache over budget, but every remaining blob is pinned');
      break;
    }
    for (const { id, sizeBytes } of candidates) {
      if (cachedBytes <= cacheMaxBytes * LOW_MARK) break;
      const freedBytes = (await evict(app, id)) ? sizeBytes : 0;
      cachedBytes -= sizeBytes;
      evictedBytes += freedBytes;
    }
  }
  app.log.info({ evictedBytes, cachedBytes, cacheMaxBytes }, 'evicted cached blobs');
}

/**
 * Deletes bytes and rows in one transaction that locks the blob's row. A concurrent push or mount waits for it and then finds
 * the blob gone. False when the blob was linked, used or pinned meanwhile, or while a backup runs.
 */
async function evict({ pool, blobs }: App, id: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await mayRemoveBlobs(client))) return false;
    const address = await lockEvictable(client, id);
    const key = address === null ? null : parseAddress(address);
    if (!key) return false;
    await deleteBlobRows(client, id);
    await blobs.delete(key);
    return true;
  });
}

// Cached content stays within its budget: whole blobs go, the least recently used first. What was pushed here, what a pinned
// repository has, and what any repository that is not mirrored shares, stays.
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { isDigest } from '#lib/oci/digest.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';

/** Down to here at once, so that the next blob does not need the next eviction. */
const LOW_MARK = 0.9;
const BATCH = 100;

type App = { pool: pg.Pool; blobs: BlobStore; config: Pick<Config, 'mirrors'>; log: Log };

const IS_CACHED = `
  EXISTS (SELECT FROM repository_blobs l WHERE l.blob_id = b.id)
  AND NOT EXISTS (SELECT FROM repository_blobs l JOIN repositories r ON r.id = l.repository_id
                   WHERE l.blob_id = b.id AND r.upstream_id IS NULL)`;
const IS_EVICTABLE = `${IS_CACHED}
  AND NOT EXISTS (SELECT FROM repository_blobs l JOIN repositories r ON r.id = l.repository_id
                   WHERE l.blob_id = b.id AND r.is_pinned)`;

export async function countCachedBytes({ pool }: { pool: pg.Pool }): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT coalesce(sum(b.size_bytes), 0) AS bytes FROM blobs b WHERE ${IS_CACHED}`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

export async function evictBlobs(app: App): Promise<void> {
  const { cacheMaxBytes } = app.config.mirrors;
  let cachedBytes = await countCachedBytes(app);
  if (cachedBytes <= cacheMaxBytes) return;
  let evictedBytes = 0;
  while (cachedBytes > cacheMaxBytes * LOW_MARK) {
    const candidates = await listLeastUsed(app);
    if (candidates.length === 0) {
      app.log.warn({ cachedBytes, cacheMaxBytes }, 'the cache is over its budget, and all that is left is pinned');
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

async function listLeastUsed({ pool }: App): Promise<{ id: string; sizeBytes: number }[]> {
  const { rows } = await pool.query<{ id: string; size_bytes: string }>(
    `SELECT b.id, b.size_bytes FROM blobs b WHERE ${IS_EVICTABLE} ORDER BY b.last_used_at, b.id LIMIT ${BATCH}`,
  );
  return rows.map((row) => ({ id: row.id, sizeBytes: Number(row.size_bytes) }));
}

/**
 * Bytes and rows go in one transaction that has the blob's row locked: who links the same bytes meanwhile (a push, a mount)
 * waits for it, and then finds that they are gone. False: it was linked, used or pinned meanwhile.
 */
async function evict({ pool, blobs }: App, id: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT FROM blobs WHERE id = $1 FOR UPDATE', [id]);
    const { rows } = await client.query<{ sha256: string }>(
      `SELECT b.sha256 FROM blobs b WHERE b.id = $1 AND ${IS_EVICTABLE}`,
      [id],
    );
    const sha256 = rows[0]?.sha256;
    if (sha256 === undefined || !isDigest(sha256)) return false;
    await client.query('DELETE FROM repository_blobs WHERE blob_id = $1', [id]);
    await client.query('DELETE FROM blobs WHERE id = $1', [id]);
    await blobs.delete(sha256);
    return true;
  });
}

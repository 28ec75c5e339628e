// Keeps cached content within its budget by evicting whole blobs, least recently used first. Blobs stay that were
// pushed here,
// that a pinned repository uses, or that a repository without an upstream shares.
import type pg from 'pg';
import { siteBlob, type BlobStore } from '#lib/blobs/blob-store.ts';
import { isDigest } from '#lib/oci/digest.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Log } from '#lib/platform/log.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';

/** Evicts down to this share of the budget, so that the next blob doesn't trigger another eviction. */
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

async function listLeastUsed({ pool }: App): Promise<{ id: string; sizeBytes: number }[]> {
  const { rows } = await pool.query<{ id: string; size_bytes: string }>(
    `SELECT b.id, b.size_bytes FROM blobs b WHERE ${IS_EVICTABLE} ORDER BY b.last_used_at, b.id LIMIT ${BATCH}`,
  );
  return rows.map((row) => ({ id: row.id, sizeBytes: Number(row.size_bytes) }));
}

/**
 * Deletes bytes and rows in one transaction that locks the blob's row. A concurrent push or mount waits for it and then
 * finds
 * the blob gone. False when the blob was linked, used or pinned meanwhile.
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
    await blobs.delete(siteBlob(sha256));
    return true;
  });
}

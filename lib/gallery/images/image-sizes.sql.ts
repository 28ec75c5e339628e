import type pg from 'pg';
import type { ImageSize } from './measure-image.ts';

export type StoredImageSize = ImageSize & { pathHash: Buffer; servedAt: Date };

export async function readImageSizes(pool: pg.Pool, pathHashes: Buffer[]): Promise<StoredImageSize[]> {
  const { rows } = await pool.query<StoredImageSize>(
    `SELECT path_hash AS "pathHash", width, height, served_at AS "servedAt"
       FROM image_sizes WHERE path_hash = ANY ($1::bytea[])`,
    [pathHashes],
  );
  return rows;
}

/** Writes nothing if the row says the same and was written today. */
export async function saveImageSize(
  pool: pg.Pool,
  { pathHash, width, height }: ImageSize & { pathHash: Buffer },
): Promise<void> {
  await pool.query(
    `INSERT INTO image_sizes AS s (path_hash, width, height) VALUES ($1, $2, $3)
     ON CONFLICT (path_hash) DO UPDATE SET width = excluded.width, height = excluded.height, served_at = now()
      WHERE (s.width, s.height) <> (excluded.width, excluded.height) OR s.served_at < now() - interval '1 day'`,
    [pathHash, width, height],
  );
}

export async function deleteImageSize(pool: pg.Pool, pathHash: Buffer): Promise<void> {
  await pool.query('DELETE FROM image_sizes WHERE path_hash = $1', [pathHash]);
}

/** Keeps the `max` images that were served last, unless that was long ago. */
export async function pruneImageSizes(pool: pg.Pool, { max, days }: { max: number; days: number }): Promise<void> {
  await pool.query(
    `DELETE FROM image_sizes WHERE served_at < now() - $2::int * interval '1 day'
        OR path_hash IN (SELECT path_hash FROM image_sizes ORDER BY served_at DESC, path_hash OFFSET $1)`,
    [max, days],
  );
}

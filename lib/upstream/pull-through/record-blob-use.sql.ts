import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';

export async function touchBlob(pool: pg.Pool, digest: Digest): Promise<void> {
  await pool.query({
    name: 'record-blob-use',
    text: 'UPDATE blobs SET last_used_at = now() WHERE sha256 = $1 OR sha512 = $1',
    values: [digest],
  });
}

import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';
import type { Log } from '#lib/platform/log.ts';

/**
 * A read has found wrong bytes: from now on the blob is served to nobody, so that the next push, or the next pull through a mirror,
 * brings it back. Not when that has happened meanwhile: the row is read before the look at what is stored, and a push writes it
 * after its bytes are there. Never rejects.
 */
export async function markDamaged(
  { pool, log }: { pool: pg.Pool; log: Log },
  sha256: Digest,
  isThere: () => Promise<boolean>,
): Promise<void> {
  log.error({ sha256, damage: 'corrupt' }, 'a stored blob is damaged: it is served to nobody until it is pushed again');
  try {
    const { rows } = await pool.query<{ checked_at: Date | null }>('SELECT checked_at FROM blobs WHERE sha256 = $1', [
      sha256,
    ]);
    if (!rows[0] || !(await isThere())) return;
    await pool.query(
      `UPDATE blobs SET damage = 'corrupt', checked_at = now() WHERE sha256 = $1 AND checked_at IS NOT DISTINCT FROM $2`,
      [sha256, rows[0].checked_at],
    );
  } catch (error) {
    log.error({ err: error, sha256 }, 'could not note that a blob is damaged');
  }
}

import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';

/** Locks a blob's row. Returns false when it doesn't exist. */
export async function lockBlob(tx: pg.ClientBase, sha256: Digest): Promise<boolean> {
  return (await tx.query('SELECT FROM blobs WHERE sha256 = $1 FOR UPDATE', [sha256])).rowCount !== 0;
}

export async function saveDamage(
  tx: pg.ClientBase,
  { sha256, damage }: { sha256: Digest; damage: 'missing' | 'corrupt' },
): Promise<void> {
  await tx.query('UPDATE blobs SET damage = $2, checked_at = now() WHERE sha256 = $1', [sha256, damage]);
}

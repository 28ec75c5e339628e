import type pg from 'pg';

/** Locks a blob's row. Returns false when it doesn't exist. */
export async function lockBlob(tx: pg.ClientBase, address: string): Promise<boolean> {
  return (await tx.query('SELECT FROM blobs WHERE sha256 = $1 FOR UPDATE', [address])).rowCount !== 0;
}

export async function saveDamage(
  tx: pg.ClientBase,
  { address, damage }: { address: string; damage: 'missing' | 'corrupt' },
): Promise<void> {
  await tx.query('UPDATE blobs SET damage = $2, checked_at = now() WHERE sha256 = $1', [address, damage]);
}

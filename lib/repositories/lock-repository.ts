import type { DbOrTx } from '#lib/platform/pg/db.ts';

/**
 * Locks a repository and increments its version. Every change of its content starts here, so that changes are
 * serialized, later statements see earlier changes, and tags and edges can't deadlock. Pushes do the same
 * (images/record-manifest.ts).
 */
export async function lockRepository(tx: DbOrTx, repositoryId: bigint): Promise<void> {
  const data = { version: { increment: 1 } };
  await tx.repository.update({ where: { id: repositoryId }, data, select: { id: true } });
}

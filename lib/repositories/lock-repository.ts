import type { DbOrTx } from '#lib/platform/pg/db.ts';

/**
 * Locks a repository and raises its version: what every change of its content begins with. So changes take turns, each statement
 * after it sees what the one before has left, and tags and edges can't deadlock. A push does the same (images/record-manifest.ts).
 */
export async function lockRepository(tx: DbOrTx, repositoryId: bigint): Promise<void> {
  const data = { version: { increment: 1 } };
  await tx.repository.update({ where: { id: repositoryId }, data, select: { id: true } });
}

import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { liveSince } from './deletion-queries.ts';
import { DELETED_REGISTRY_ID } from '#lib/publishers/deleted-registry.ts';
import { deleteUnusedLogo } from '#lib/publishers/logos/logo-store.ts';
import { lockDeletion } from './lock-deletion.sql.ts';
import { markRecordedDelete } from './mark-recorded-delete.sql.ts';

const BATCH = 100;
/** Allows for a very large repository. */
const TRANSACTION = { timeout: 600_000 };

type App = { db: Db; config: Pick<RepositoryConfig, 'restoreDays'> };

/**
 * Removes expired deletions, whose blobs then become garbage, and hidden repositories whose deletion was removed with
 * its registry. Returns how many there were.
 */
export async function purgeDeletions(app: App, { isDryRun }: { isDryRun: boolean }): Promise<number> {
  const expired = { deletedAt: { lt: liveSince(app.config) } };
  const forgotten = { registryKey: DELETED_REGISTRY_ID, heldFor: null };
  if (isDryRun)
    return (await app.db.deletion.count({ where: expired })) + (await app.db.repository.count({ where: forgotten }));
  let count = 0;
  for (;;) {
    const batch = await app.db.deletion.findMany({ where: expired, take: BATCH, select: { id: true } });
    for (const { id } of batch) await app.db.$transaction((tx) => purge(tx, id), TRANSACTION);
    count += batch.length;
    if (batch.length < BATCH) break;
  }
  for (const { id } of await app.db.repository.findMany({ where: forgotten, select: { id: true } })) {
    await app.db.$transaction((tx) => removeHolding(tx, id), TRANSACTION);
    count += 1;
  }
  return count;
}

/** Locks the deletion, because a user may restore it at the last moment. */
async function purge(tx: DbOrTx, id: string): Promise<void> {
  await lockDeletion(tx, id);
  const deletion = await tx.deletion.findUnique({ where: { id }, select: { holdingId: true } });
  if (!deletion) return;
  await tx.deletion.delete({ where: { id } });
  if (deletion.holdingId !== null) await removeHolding(tx, deletion.holdingId);
}

async function removeHolding(tx: DbOrTx, id: bigint): Promise<void> {
  const where = { id, registryKey: DELETED_REGISTRY_ID };
  const row = await tx.repository.findFirst({ where, select: { logoId: true } });
  if (!row) return;
  await markRecordedDelete(tx);
  await tx.repository.delete({ where: { id } });
  await deleteUnusedLogo(tx, row.logoId);
}

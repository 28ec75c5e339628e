import type pg from 'pg';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { stopRows } from './backfill-rows.sql.ts';
import type { BackfillView } from './backfill-view.ts';
import { findBackfill, viewBackfills } from './show-backfill.ts';

/**
 * Stops a backfill. What was copied stays at the destination.
 * @throws AppError `forbidden`, `not_found`, `conflict` if it has ended
 */
export async function stopBackfill(
  app: { db: Db; pool: pg.Pool },
  { caller, registryKey, id }: { caller: UserCaller; registryKey: bigint; id: string },
): Promise<BackfillView> {
  await authorize(app, { ...caller, action: 'ecr:StopReplicationBackfill', registryKey });
  const { destinationId, region, destinationRegistryId } = await findBackfill(app, { registryKey, id });
  await inTransaction(app.pool, async (tx) => {
    if (!(await stopRows(tx, { id, destinationId }))) {
      throw new AppError('conflict', `The replication backfill ${id} has already ended.`);
    }
    await recordChange(tx, {
      type: 'registry.stop-replication-backfill',
      caller,
      registryKey,
      resource: { name: `${region}/${destinationRegistryId}` },
    });
  });
  const [view] = await viewBackfills(app, [await findBackfill(app, { registryKey, id })]);
  if (!view) throw new Error('a backfill without a view');
  return view;
}

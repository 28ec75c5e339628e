import type pg from 'pg';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { coveredTags } from '../plan-replication.ts';
import { replicationRulesSchema, planDestinations } from '../schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { endFinished, failBackfill, queueRepository, saveProgress, takePreparing } from './backfill-rows.sql.ts';

type App = { db: Db; pool: pg.Pool };

/** Queues the copies of backfills that are being prepared, some repositories at a time, and ends those that are done. */
export async function advanceBackfills(app: App, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await prepareSome(app)));
  while (!signal.aborted && (await inTransaction(app.pool, endFinished)));
}

/** Returns false if no backfill waits. */
async function prepareSome(app: App): Promise<boolean> {
  return inTransaction(app.pool, async (tx) => {
    const backfill = await takePreparing(tx);
    if (!backfill) return false;
    const { id, destinationId, repositories } = backfill;
    const registryKey = BigInt(backfill.registryKey);
    const destination =
      destinationId && (await app.db.replicationDestination.findUnique({ where: { id: BigInt(destinationId) } }));
    if (!destination) {
      await failBackfill(tx, id, 'DestinationNotFound');
      return true;
    }
    const configuration = await app.db.replicationConfiguration.findUnique({ where: { registryKey } });
    const rules = replicationRulesSchema.parse(configuration?.rules ?? []);
    for (const repository of repositories) {
      const plan = planDestinations(rules, repository.name).find(
        ({ region, registryId }) => region === destination.region && registryId === destination.destinationRegistryId,
      );
      if (!plan) continue;
      const tags = await coveredTags(app, BigInt(repository.id), plan);
      await queueRepository(tx, { backfillId: id, destinationId: String(destination.id), repository, tags });
    }
    await saveProgress(tx, backfill);
    return true;
  });
}

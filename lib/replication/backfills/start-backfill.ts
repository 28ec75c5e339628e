import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { readReplicationRules } from '../read-replication.ts';
import type { ReplicationDestinationName } from '../schema.ts';
import { toBackfillView, type BackfillView } from './backfill-view.ts';

/** Older ones make room for new ones. */
const KEPT_BACKFILLS = 50;

/**
 * Copies what the rules cover to a destination, also what was pushed before there were rules.
 * @throws AppError `forbidden`, `invalid_input` for a destination that no rule names, `conflict` while another one runs
 */
export async function startBackfill(
  app: { db: Db },
  {
    caller,
    registryKey,
    destination,
  }: { caller: UserCaller; registryKey: bigint; destination: ReplicationDestinationName },
): Promise<BackfillView> {
  await authorize(app, { ...caller, action: 'ecr:StartReplicationBackfill', registryKey });
  const { region, registryId: destinationRegistryId } = destination;
  return app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const rules = await readReplicationRules({ db: tx }, registryKey);
    const isNamed = rules.some(({ destinations }) =>
      destinations.some((one) => one.region === region && one.registryId === destinationRegistryId),
    );
    const found = await tx.replicationDestination.findUnique({
      where: { registryKey_region_destinationRegistryId: { registryKey, region, destinationRegistryId } },
    });
    if (!isNamed || !found) {
      throw invalidField(
        'destination',
        `No replication rule names the destination ${region}/${destinationRegistryId}.`,
      );
    }
    const running = await tx.replicationBackfill.findFirst({
      where: { destinationId: found.id, state: { in: ['preparing', 'in_progress'] } },
    });
    if (running) throw new AppError('conflict', `The replication backfill ${running.id} is still in progress.`);
    const kept = await tx.replicationBackfill.findMany({
      where: { registryKey },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      skip: KEPT_BACKFILLS - 1,
      select: { id: true },
    });
    await tx.replicationBackfill.deleteMany({
      where: { id: { in: kept.map(({ id }) => id) }, state: { notIn: ['preparing', 'in_progress'] } },
    });
    const backfill = await tx.replicationBackfill.create({
      data: { registryKey, destinationId: found.id, region, destinationRegistryId },
    });
    await recordChange(tx, {
      type: 'registry.start-replication-backfill',
      caller,
      registryKey,
      resource: { name: `${region}/${destinationRegistryId}` },
    });
    return toBackfillView(backfill, null);
  });
}

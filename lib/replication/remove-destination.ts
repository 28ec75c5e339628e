import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { replicationRulesSchema, type ReplicationDestinationName } from './schema.ts';

/**
 * Removes a destination with its status. Images there stay.
 * @throws AppError `forbidden`, `not_found`; `conflict` while a rule names it
 */
export async function removeDestination(
  app: { db: Db },
  input: { caller: UserCaller; registryKey: bigint; name: ReplicationDestinationName },
): Promise<void> {
  const { caller, registryKey, name } = input;
  const { region, registryId } = name;
  await authorize(app, { ...caller, action: 'ecr:PutReplicationConfiguration', registryKey });
  await app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const configuration = await tx.replicationConfiguration.findUnique({ where: { registryKey } });
    const rules = replicationRulesSchema.parse(configuration?.rules ?? []);
    const isNamed = rules.some(({ destinations }) =>
      destinations.some((each) => each.region === region && each.registryId === registryId),
    );
    if (isNamed) throw new AppError('conflict', 'A replication rule names this destination. Change the rule first.');
    const where = { registryKey, region, destinationRegistryId: registryId };
    const { count } = await tx.replicationDestination.deleteMany({ where });
    if (count === 0) throw new AppError('not_found', 'This registry has no such destination.');
    await recordChange(tx, {
      type: 'registry.remove-replication-destination',
      caller,
      registryKey,
      resource: { name: `${region}/${registryId}` },
      before: name,
    });
  });
}

import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { invalidField, parseField } from '#lib/platform/parse-input.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { MAX_DESTINATIONS, replicationRulesSchema, type ReplicationRule } from './schema.ts';

/**
 * Replaces a registry's replication rules. Images pushed from now on follow them. An empty list ends replication.
 * @throws AppError `forbidden`, `invalid_input`
 */
export async function putReplicationConfiguration(
  app: { db: Db },
  input: { caller: UserCaller; registryKey: bigint; rules: unknown },
): Promise<ReplicationRule[]> {
  const { caller, registryKey } = input;
  await authorize(app, { ...caller, action: 'ecr:PutReplicationConfiguration', registryKey });
  const rules = parseField('rules', replicationRulesSchema, input.rules);
  const named = new Map(
    rules
      .flatMap(({ destinations }) => destinations)
      .map((destination) => [`${destination.region} ${destination.registryId}`, destination]),
  );
  if (named.size > MAX_DESTINATIONS) {
    throw invalidField('rules', `The rules can name at most ${MAX_DESTINATIONS} destinations.`);
  }
  await app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const known = await tx.replicationDestination.findMany({
      where: { registryKey },
      select: { region: true, destinationRegistryId: true },
    });
    const isKnown = new Set(known.map((row) => `${row.region} ${row.destinationRegistryId}`));
    const unknown = [...named].find(([key]) => !isKnown.has(key))?.[1];
    if (unknown) {
      const message = `This registry has no destination with region ${unknown.region} and registry id ${unknown.registryId}. Add it first.`;
      throw invalidField('rules', message);
    }
    const where = { registryKey };
    const before = await tx.replicationConfiguration.findUnique({ where });
    if (rules.length === 0) await tx.replicationConfiguration.deleteMany({ where });
    else await tx.replicationConfiguration.upsert({ where, create: { registryKey, rules }, update: { rules } });
    const { registryId } = await tx.registry.findUniqueOrThrow({
      where: { id: registryKey },
      select: { registryId: true },
    });
    await recordChange(tx, {
      type: 'registry.set-replication',
      caller,
      registryKey,
      resource: { name: registryId },
      before: { rules: replicationRulesSchema.parse(before?.rules ?? []) },
      after: { rules },
    });
  });
  return rules;
}

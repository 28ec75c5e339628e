import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { readReplicationRules } from './read-replication.ts';

/** Shows rules, and destinations with their progress. @throws AppError `forbidden` */
export async function showReplication(
  app: { db: Db },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
) {
  await authorize(app, { ...caller, action: 'ecr:DescribeRegistry', registryKey });
  const destinations = await app.db.replicationDestination.findMany({ where: { registryKey }, orderBy: { id: 'asc' } });
  const counts = await app.db.replicationTask.groupBy({
    by: ['destinationId', 'state'],
    where: { destination: { registryKey } },
    _count: true,
    _min: { queuedAt: true },
  });
  const now = Date.now();
  return {
    rules: await readReplicationRules(app, registryKey),
    destinations: destinations.map((row) => {
      const countOf = (state: string) => counts.find((each) => each.destinationId === row.id && each.state === state);
      const oldest = countOf('pending')?._min.queuedAt;
      return {
        region: row.region,
        registryId: row.destinationRegistryId,
        host: row.host,
        isPlainHttp: row.isPlainHttp,
        namespace: row.namespace,
        username: row.username,
        maxBytesPerSecond: row.maxBytesPerSecond,
        pausedUntil: row.pausedUntil,
        lastProblem: row.lastProblem,
        comparedAt: row.comparedAt,
        comparedCount: row.comparedCount,
        driftedCount: row.driftedCount,
        pending: countOf('pending')?._count ?? 0,
        complete: countOf('complete')?._count ?? 0,
        failed: countOf('failed')?._count ?? 0,
        lagSeconds: oldest ? Math.max(0, (now - oldest.getTime()) / 1000) : 0,
      };
    }),
  };
}

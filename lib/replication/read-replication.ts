import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { replicationRulesSchema, type ReplicationRule } from './schema.ts';

/** Returns a registry's rules. Empty if it doesn't replicate. */
export async function readReplicationRules({ db }: { db: DbOrTx }, registryKey: bigint): Promise<ReplicationRule[]> {
  const row = await db.replicationConfiguration.findUnique({ where: { registryKey } });
  return replicationRulesSchema.parse(row?.rules ?? []);
}

export type ReplicaStatus = {
  region: string;
  registryId: string;
  status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';
  failureCode: string | null;
  failure: string | null;
  /** Of a complete copy: the reference to pull it by. */
  reference: string;
};

/** Returns an image's status at each destination, of which its tags are a part. */
export async function readImageReplicas(
  { db }: { db: Db },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<ReplicaStatus[]> {
  const tasks = await db.replicationTask.findMany({
    where: { repositoryId, digest },
    include: { destination: true, repository: { select: { name: true } } },
    orderBy: [{ destinationId: 'asc' }, { id: 'asc' }],
  });
  const byDestination = Map.groupBy(tasks, ({ destinationId }) => destinationId);
  return [...byDestination.values()].flatMap((tasks) => {
    const [first] = tasks;
    if (!first) return [];
    const { destination, repository } = first;
    const failed = tasks.find(({ state }) => state === 'failed');
    const isPending = tasks.some(({ state }) => state === 'pending');
    const shown = failed ?? tasks.find(({ failure }) => failure !== null);
    const namespace = destination.namespace === '' ? '' : `${destination.namespace}/`;
    return {
      region: destination.region,
      registryId: destination.destinationRegistryId,
      status: failed ? 'FAILED' : isPending ? 'IN_PROGRESS' : 'COMPLETE',
      failureCode: failed?.failureCode ?? null,
      failure: shown?.failure ?? null,
      reference: `${destination.host}/${namespace}${repository.name}@${digest}`,
    } as const;
  });
}

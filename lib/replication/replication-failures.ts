import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';

type Asked = { caller: UserCaller; registryKey: bigint };

/** Lists copies that a destination refused, the latest first. @throws AppError `forbidden` */
export async function listReplicationFailures(
  app: { db: Db },
  { caller, registryKey, limit }: Asked & { limit: number },
) {
  await authorize(app, { ...caller, action: 'ecr:DescribeRegistry', registryKey });
  const tasks = await app.db.replicationTask.findMany({
    where: { destination: { registryKey }, state: 'failed' },
    orderBy: { id: 'desc' },
    take: limit,
    select: {
      id: true,
      reference: true,
      failure: true,
      attempts: true,
      repository: { select: { name: true } },
      destination: { select: { region: true, destinationRegistryId: true } },
    },
  });
  return tasks.map(({ id, reference, failure, attempts, repository, destination }) => ({
    id: String(id),
    repository: repository.name,
    reference,
    failure,
    attempts,
    region: destination.region,
    registryId: destination.destinationRegistryId,
  }));
}

export type ReplicationFailure = Awaited<ReturnType<typeof listReplicationFailures>>[number];

/** Makes failed copies due at once: one, or all of a registry. @throws AppError `forbidden` */
export async function retryReplication(
  app: { db: Db },
  { caller, registryKey, task }: Asked & { task: bigint | null },
): Promise<void> {
  await authorize(app, { ...caller, action: 'ecr:PutReplicationConfiguration', registryKey });
  await app.db.replicationTask.updateMany({
    where: { destination: { registryKey }, state: 'failed', ...(task !== null && { id: task }) },
    data: { dueAt: new Date() },
  });
}

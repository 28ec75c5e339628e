import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { readImageReplicas, type ReplicaStatus } from './read-replication.ts';

/** @throws AppError `repository_not_found`, `forbidden` */
export async function showImageReplicas(
  app: { db: Db },
  { caller, fullName, digest }: { caller: UserCaller; fullName: string; digest: string },
): Promise<ReplicaStatus[]> {
  const action = 'ecr:DescribeImageReplicationStatus';
  const { id: repositoryId } = await authorizeRepository(app, { caller, fullName, action });
  return readImageReplicas(app, { repositoryId, digest });
}

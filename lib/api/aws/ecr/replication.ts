import { awsError } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsImage } from '../find-aws-image.ts';
import { requireAwsRegistry, requireAwsRepository } from '../find-aws-repository.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { refuseUnsupported, unsupported } from '../unsupported.ts';
import { ECR_REPLICATION_SHAPES } from './shapes/replication.ts';

export const ECR_REPLICATION = defineOperations('ecr', ECR_REPLICATION_SHAPES, {
  DescribeRegistry: (_app, call) => {
    requireAwsAllowed(call);
    const { registryId } = call.holder.membership;
    return Promise.resolve({ registryId, replicationConfiguration: { rules: [] } });
  },

  /** Terraform deletes a configuration by putting one without rules. */
  PutReplicationConfiguration: (_app, call, { replicationConfiguration }) => {
    requireAwsAllowed(call);
    if (replicationConfiguration.rules.length > 0) throw unsupported(call);
    return Promise.resolve({ replicationConfiguration });
  },

  DescribeImageReplicationStatus: async (app, call, { imageId, ...named }) => {
    const repository = await requireAwsRepository(app, call, named);
    const imageDigest = await requireAwsImage(app, call, { repository, imageId });
    return { repositoryName: repository.name, imageId: { ...imageId, imageDigest }, replicationStatuses: [] };
  },

  StartReplicationBackfill: refuseUnsupported,
  StopReplicationBackfill: (_app, call, { replicationBackfillId }) => refuseMissing(call, replicationBackfillId),

  ListReplicationBackfills: async (app, call, { registryId }) => {
    await requireAwsRegistry(app, call, { registryId });
    return {};
  },

  DescribeReplicationBackfillResults: (_app, call, { replicationBackfillId }) =>
    refuseMissing(call, replicationBackfillId),
});

function refuseMissing(call: Call, id: string): Promise<never> {
  requireAwsAllowed(call);
  return Promise.reject(
    awsError('ReplicationBackfillNotFoundException', `The replication backfill ${id} does not exist`),
  );
}

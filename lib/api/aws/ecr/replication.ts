import { putReplicationConfiguration } from '#lib/replication/put-replication-configuration.ts';
import { readImageReplicas, readReplicationRules } from '#lib/replication/read-replication.ts';
import type { ReplicationRule } from '#lib/replication/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { invalidParameter } from '../aws-error.ts';
import { defineOperations } from '../define-operations.ts';
import { requireAwsImage } from '../find-aws-image.ts';
import { requireAwsRepository } from '../find-aws-repository.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { ECR_REPLICATION_SHAPES } from './shapes/replication.ts';

export const ECR_REPLICATION = defineOperations('ecr', ECR_REPLICATION_SHAPES, {
  DescribeRegistry: async (app, call) => {
    requireAwsAllowed(call);
    const { registryKey, membership } = call.holder;
    const rules = await readReplicationRules(app, registryKey);
    return { registryId: membership.registryId, replicationConfiguration: { rules: rules.map(presentRule) } };
  },

  /** Terraform deletes a configuration by putting one without rules. */
  PutReplicationConfiguration: async (app, call, { replicationConfiguration: { rules } }) => {
    requireAwsAllowed(call);
    const input = { caller: call.caller, registryKey: call.holder.registryKey, rules };
    const saved = await putReplicationConfiguration(app, input).catch(toInvalidRules);
    return { replicationConfiguration: { rules: saved.map(presentRule) } };
  },

  DescribeImageReplicationStatus: async (app, call, { imageId, ...named }) => {
    const repository = await requireAwsRepository(app, call, named);
    const imageDigest = await requireAwsImage(app, call, { repository, imageId });
    const replicas = await readImageReplicas(app, { repositoryId: repository.id, digest: imageDigest });
    const replicationStatuses = replicas.map(({ region, registryId, status, failureCode }) => ({
      region,
      registryId,
      status,
      ...(failureCode !== null && { failureCode }),
    }));
    return { repositoryName: repository.name, imageId: { ...imageId, imageDigest }, replicationStatuses };
  },
});

/** Tag patterns are unknown to ECR's clients. */
function presentRule({ destinations, repositoryFilters, deleteReplication }: ReplicationRule) {
  return {
    destinations,
    ...(repositoryFilters && { repositoryFilters }),
    ...(deleteReplication && { deleteReplication }),
  };
}

function toInvalidRules(error: unknown): never {
  if (!isAppError(error) || error.code !== 'invalid_input') throw error;
  throw invalidParameter('replicationConfiguration', error.message);
}

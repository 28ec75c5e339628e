// Request and response shapes of ECR's replication operations.
import { z } from 'zod';
import { members, text } from '#lib/api/aws/values.ts';
import { ecrRegistryId, ecrRepositoryName, ecrImageIdentifier } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const region = text({ min: 2, max: 25, pattern: '[0-9a-z-]{2,25}' });
const replicationStatus = z.enum(['IN_PROGRESS', 'COMPLETE', 'FAILED']);
const imageReplicationStatus = z.object({
  failureCode: text().optional(),
  region: region.optional(),
  registryId: ecrRegistryId.optional(),
  status: replicationStatus.optional(),
});
const deleteReplication = z.object({ enabled: z.boolean() });
export const ecrReplicationDestination = z.object({ region, registryId: ecrRegistryId });
const repositoryFilterValue = text({
  min: 2,
  max: 256,
  pattern: '(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*',
});
const repositoryFilterType = z.enum(['PREFIX_MATCH']);
const repositoryFilter = z.object({ filter: repositoryFilterValue, filterType: repositoryFilterType });
const replicationRule = z.object({
  deleteReplication: deleteReplication.optional(),
  destinations: members(ecrReplicationDestination, { min: 0, max: 100 }),
  repositoryFilters: members(repositoryFilter, { min: 1, max: 100 }).optional(),
});
const replicationConfiguration = z.object({ rules: members(replicationRule, { min: 0, max: 25 }) });
export const ECR_REPLICATION_SHAPES = {
  DescribeRegistry: {
    input: z.object({}),
    output: z.object({
      registryId: ecrRegistryId.optional(),
      replicationConfiguration: replicationConfiguration.optional(),
    }),
    errors: ['ValidationException'],
  },
  PutReplicationConfiguration: {
    input: z.object({ replicationConfiguration }),
    output: z.object({ replicationConfiguration: replicationConfiguration.optional() }),
    errors: ['ValidationException'],
  },
  DescribeImageReplicationStatus: {
    input: z.object({
      imageId: ecrImageIdentifier,
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      imageId: ecrImageIdentifier.optional(),
      replicationStatuses: members(imageReplicationStatus).optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['ImageNotFoundException', 'RepositoryNotFoundException', 'ValidationException'],
  },
} as const satisfies OperationShapes;

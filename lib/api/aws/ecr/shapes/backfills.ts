// Request and response shapes of ECR's replication backfills.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import { ecrReplicationDestination as replicationDestination } from './replication.ts';
import { ecrRegistryId, ecrRepositoryName, ecrImageIdentifier } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const replicationBackfillId = text({
  pattern: '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}',
});
const replicationBackfillResultStatus = z.enum(['COMPLETE', 'FAILED']);
const replicationBackfillProgress = z.object({
  completedReplicationCount: whole({ min: 0 }),
  failedReplicationCount: whole({ min: 0 }),
  failureCodes: members(text()),
  totalReplicationCount: whole({ min: 0 }),
});
const replicationBackfillResult = z.object({
  failureCode: text().optional(),
  imageId: ecrImageIdentifier,
  repositoryName: ecrRepositoryName,
  status: replicationBackfillResultStatus,
  subImageFailureCodes: members(text()).optional(),
});
const replicationBackfillStatus = z.enum(['PREPARING', 'IN_PROGRESS', 'COMPLETE', 'FAILED', 'STOPPING', 'STOPPED']);
const replicationBackfillSummary = z.object({
  destination: replicationDestination,
  endedAt: timestamp().optional(),
  failureCode: text().optional(),
  progress: replicationBackfillProgress.optional(),
  replicationBackfillId,
  startedAt: timestamp(),
  status: replicationBackfillStatus,
});

export const ECR_BACKFILL_SHAPES = {
  StartReplicationBackfill: {
    input: z.object({ destination: replicationDestination, registryId: ecrRegistryId.optional() }),
    output: z.object({
      destination: replicationDestination.optional(),
      registryId: ecrRegistryId.optional(),
      replicationBackfillId: replicationBackfillId.optional(),
      startedAt: timestamp().optional(),
      status: replicationBackfillStatus.optional(),
    }),
    errors: ['ValidationException', 'LimitExceededException', 'ReplicationBackfillInProgressException'],
  },
  StopReplicationBackfill: {
    input: z.object({ registryId: ecrRegistryId.optional(), replicationBackfillId }),
    output: z.object({
      destination: replicationDestination.optional(),
      registryId: ecrRegistryId.optional(),
      replicationBackfillId: replicationBackfillId.optional(),
      startedAt: timestamp().optional(),
      status: replicationBackfillStatus.optional(),
    }),
    errors: [
      'ValidationException',
      'ReplicationBackfillNotFoundException',
      'ReplicationBackfillInvalidStatusException',
    ],
  },
  ListReplicationBackfills: {
    input: z.object({
      maxResults: whole({ min: 1, max: 50 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
    }),
    output: z.object({
      backfills: members(replicationBackfillSummary).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
    }),
    errors: ['ValidationException'],
  },
  DescribeReplicationBackfillResults: {
    input: z.object({
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      replicationBackfillId,
      resultStatusFilter: replicationBackfillResultStatus.optional(),
    }),
    output: z.object({
      destination: replicationDestination.optional(),
      endedAt: timestamp().optional(),
      failureCode: text().optional(),
      nextToken: text().optional(),
      progress: replicationBackfillProgress.optional(),
      registryId: ecrRegistryId.optional(),
      replicationBackfillId: replicationBackfillId.optional(),
      results: members(replicationBackfillResult).optional(),
      startedAt: timestamp().optional(),
      status: replicationBackfillStatus.optional(),
    }),
    errors: ['ValidationException', 'ReplicationBackfillNotFoundException'],
  },
} as const satisfies OperationShapes;

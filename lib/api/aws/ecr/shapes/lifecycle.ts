// Request and response shapes of ECR's lifecycle operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import { ecrRegistryId, ecrRepositoryName, ecrImageIdentifier, ecrTagStatus } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const lifecyclePolicyPreviewFilter = z.object({ tagStatus: ecrTagStatus.optional() });
const lifecyclePolicyTargetStorageClass = z.enum(['ARCHIVE']);
const imageActionType = z.enum(['EXPIRE', 'TRANSITION']);
const lifecyclePolicyRuleAction = z.object({
  targetStorageClass: lifecyclePolicyTargetStorageClass.optional(),
  type: imageActionType.optional(),
});
const lifecyclePolicyStorageClass = z.enum(['ARCHIVE', 'STANDARD']);
const lifecyclePolicyPreviewResult = z.object({
  action: lifecyclePolicyRuleAction.optional(),
  appliedRulePriority: whole({ min: 1 }).optional(),
  imageDigest: text().optional(),
  imagePushedAt: timestamp().optional(),
  imageTags: members(text({ min: 1, max: 300 })).optional(),
  storageClass: lifecyclePolicyStorageClass.optional(),
});
const lifecyclePolicyPreviewStatus = z.enum(['IN_PROGRESS', 'COMPLETE', 'EXPIRED', 'FAILED']);
const transitioningImageTotalCount = z.object({
  imageTotalCount: whole({ min: 0 }).optional(),
  targetStorageClass: lifecyclePolicyTargetStorageClass.optional(),
});
const lifecyclePolicyPreviewSummary = z.object({
  expiringImageTotalCount: whole({ min: 0 }).optional(),
  transitioningImageTotalCounts: members(transitioningImageTotalCount).optional(),
});

export const ECR_LIFECYCLE_SHAPES = {
  PutLifecyclePolicy: {
    input: z.object({
      lifecyclePolicyText: text({ min: 100, max: 30720 }),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      lifecyclePolicyText: text({ min: 100, max: 30720 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'ValidationException'],
  },
  GetLifecyclePolicy: {
    input: z.object({ registryId: ecrRegistryId.optional(), repositoryName: ecrRepositoryName }),
    output: z.object({
      lastEvaluatedAt: timestamp().optional(),
      lifecyclePolicyText: text({ min: 100, max: 30720 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'LifecyclePolicyNotFoundException', 'ValidationException'],
  },
  DeleteLifecyclePolicy: {
    input: z.object({ registryId: ecrRegistryId.optional(), repositoryName: ecrRepositoryName }),
    output: z.object({
      lastEvaluatedAt: timestamp().optional(),
      lifecyclePolicyText: text({ min: 100, max: 30720 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'LifecyclePolicyNotFoundException', 'ValidationException'],
  },
  StartLifecyclePolicyPreview: {
    input: z.object({
      lifecyclePolicyText: text({ min: 100, max: 30720 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      lifecyclePolicyText: text({ min: 100, max: 30720 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
      status: lifecyclePolicyPreviewStatus.optional(),
    }),
    errors: [
      'RepositoryNotFoundException',
      'LifecyclePolicyNotFoundException',
      'LifecyclePolicyPreviewInProgressException',
      'ValidationException',
    ],
  },
  GetLifecyclePolicyPreview: {
    input: z.object({
      filter: lifecyclePolicyPreviewFilter.optional(),
      imageIds: members(ecrImageIdentifier, { min: 1, max: 100 }).optional(),
      maxResults: whole({ min: 1, max: 100 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      lifecyclePolicyText: text({ min: 100, max: 30720 }).optional(),
      nextToken: text().optional(),
      previewResults: members(lifecyclePolicyPreviewResult).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
      status: lifecyclePolicyPreviewStatus.optional(),
      summary: lifecyclePolicyPreviewSummary.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'LifecyclePolicyPreviewNotFoundException', 'ValidationException'],
  },
} as const satisfies OperationShapes;

// Request and response shapes of ECR's template operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import {
  ecrRegistryId,
  ecrEncryptionType,
  ecrImageTagMutability,
  ecrImageTagMutabilityExclusionFilter,
  ecrTag,
} from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const rCTAppliedFor = z.enum(['REPLICATION', 'PULL_THROUGH_CACHE', 'CREATE_ON_PUSH']);
const kmsKeyForRepositoryCreationTemplate = text({
  min: 0,
  max: 2048,
  pattern: '$|arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\\/[a-z0-9-]+',
});
const encryptionConfigurationForRepositoryCreationTemplate = z.object({
  encryptionType: ecrEncryptionType,
  kmsKey: kmsKeyForRepositoryCreationTemplate.optional(),
});
const prefix = text({
  min: 1,
  max: 256,
  pattern: '([a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*\\/?|ROOT)',
});
const repositoryCreationTemplate = z.object({
  appliedFor: members(rCTAppliedFor).optional(),
  createdAt: timestamp().optional(),
  customRoleArn: text({ max: 2048 }).optional(),
  description: text({ max: 256 }).optional(),
  encryptionConfiguration: encryptionConfigurationForRepositoryCreationTemplate.optional(),
  imageTagMutability: ecrImageTagMutability.optional(),
  imageTagMutabilityExclusionFilters: members(ecrImageTagMutabilityExclusionFilter, { min: 1, max: 5 }).optional(),
  lifecyclePolicy: text({ min: 0, max: 30720 }).optional(),
  prefix: prefix.optional(),
  repositoryPolicy: text({ min: 0, max: 10240 }).optional(),
  resourceTags: members(ecrTag).optional(),
  updatedAt: timestamp().optional(),
});

export const ECR_TEMPLATES_SHAPES = {
  CreateRepositoryCreationTemplate: {
    input: z.object({
      appliedFor: members(rCTAppliedFor),
      customRoleArn: text({ max: 2048 }).optional(),
      description: text({ max: 256 }).optional(),
      encryptionConfiguration: encryptionConfigurationForRepositoryCreationTemplate.optional(),
      imageTagMutability: ecrImageTagMutability.optional(),
      imageTagMutabilityExclusionFilters: members(ecrImageTagMutabilityExclusionFilter, { min: 1, max: 5 }).optional(),
      lifecyclePolicy: text({ min: 0, max: 30720 }).optional(),
      prefix,
      repositoryPolicy: text({ min: 0, max: 10240 }).optional(),
      resourceTags: members(ecrTag).optional(),
    }),
    output: z.object({
      registryId: ecrRegistryId.optional(),
      repositoryCreationTemplate: repositoryCreationTemplate.optional(),
    }),
    errors: ['ValidationException', 'LimitExceededException', 'TemplateAlreadyExistsException'],
  },
  DescribeRepositoryCreationTemplates: {
    input: z.object({
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      prefixes: members(prefix).optional(),
    }),
    output: z.object({
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryCreationTemplates: members(repositoryCreationTemplate).optional(),
    }),
    errors: ['ValidationException'],
  },
  UpdateRepositoryCreationTemplate: {
    input: z.object({
      appliedFor: members(rCTAppliedFor).optional(),
      customRoleArn: text({ max: 2048 }).optional(),
      description: text({ max: 256 }).optional(),
      encryptionConfiguration: encryptionConfigurationForRepositoryCreationTemplate.optional(),
      imageTagMutability: ecrImageTagMutability.optional(),
      imageTagMutabilityExclusionFilters: members(ecrImageTagMutabilityExclusionFilter, { min: 1, max: 5 }).optional(),
      lifecyclePolicy: text({ min: 0, max: 30720 }).optional(),
      prefix,
      repositoryPolicy: text({ min: 0, max: 10240 }).optional(),
      resourceTags: members(ecrTag).optional(),
    }),
    output: z.object({
      registryId: ecrRegistryId.optional(),
      repositoryCreationTemplate: repositoryCreationTemplate.optional(),
    }),
    errors: ['ValidationException', 'TemplateNotFoundException'],
  },
  DeleteRepositoryCreationTemplate: {
    input: z.object({ prefix }),
    output: z.object({
      registryId: ecrRegistryId.optional(),
      repositoryCreationTemplate: repositoryCreationTemplate.optional(),
    }),
    errors: ['ValidationException', 'TemplateNotFoundException'],
  },
} as const satisfies OperationShapes;

// Request and response shapes of ECR's repository operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import {
  ecrRegistryId,
  ecrEncryptionType,
  ecrImageTagMutability,
  ecrImageTagMutabilityExclusionFilter,
  ecrRepositoryName,
  ecrTag,
} from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const encryptionConfiguration = z.object({
  encryptionType: ecrEncryptionType,
  kmsKey: text({ min: 1, max: 2048 }).optional(),
});
const imageScanningConfiguration = z.object({ scanOnPush: z.boolean().optional() });
const repository = z.object({
  createdAt: timestamp().optional(),
  encryptionConfiguration: encryptionConfiguration.optional(),
  imageScanningConfiguration: imageScanningConfiguration.optional(),
  imageTagMutability: ecrImageTagMutability.optional(),
  imageTagMutabilityExclusionFilters: members(ecrImageTagMutabilityExclusionFilter, { min: 1, max: 5 }).optional(),
  registryId: ecrRegistryId.optional(),
  repositoryArn: text().optional(),
  repositoryName: ecrRepositoryName.optional(),
  repositoryUri: text().optional(),
});

export const ECR_REPOSITORIES_SHAPES = {
  CreateRepository: {
    input: z.object({
      encryptionConfiguration: encryptionConfiguration.optional(),
      imageScanningConfiguration: imageScanningConfiguration.optional(),
      imageTagMutability: ecrImageTagMutability.optional(),
      imageTagMutabilityExclusionFilters: members(ecrImageTagMutabilityExclusionFilter, { min: 1, max: 5 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
      tags: members(ecrTag).optional(),
    }),
    output: z.object({ repository: repository.optional() }),
    errors: [
      'InvalidTagParameterException',
      'TooManyTagsException',
      'RepositoryAlreadyExistsException',
      'LimitExceededException',
      'KmsException',
    ],
  },
  DescribeRepositories: {
    input: z.object({
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryNames: members(ecrRepositoryName, { min: 1, max: 100 }).optional(),
    }),
    output: z.object({ nextToken: text().optional(), repositories: members(repository).optional() }),
    errors: ['RepositoryNotFoundException'],
  },
  DeleteRepository: {
    input: z.object({
      force: z.boolean().optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({ repository: repository.optional() }),
    errors: ['RepositoryNotFoundException', 'RepositoryNotEmptyException', 'KmsException'],
  },
  PutImageTagMutability: {
    input: z.object({
      imageTagMutability: ecrImageTagMutability,
      imageTagMutabilityExclusionFilters: members(ecrImageTagMutabilityExclusionFilter, { min: 1, max: 5 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      imageTagMutability: ecrImageTagMutability.optional(),
      imageTagMutabilityExclusionFilters: members(ecrImageTagMutabilityExclusionFilter, { min: 1, max: 5 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException'],
  },
  PutImageScanningConfiguration: {
    input: z.object({
      imageScanningConfiguration,
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      imageScanningConfiguration: imageScanningConfiguration.optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'ValidationException'],
  },
} as const satisfies OperationShapes;

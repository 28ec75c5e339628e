// Request and response shapes of ECR Public's repository operations.
import { z } from 'zod';
import { blob, members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import { publicRegistryId, publicRepositoryName, publicTag } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const repositoryCatalogDataInput = z.object({
  aboutText: text({ max: 25600 }).optional(),
  architectures: members(text({ min: 1, max: 50 }), { max: 50 }).optional(),
  description: text({ max: 1024 }).optional(),
  logoImageBlob: blob(512000).optional(),
  operatingSystems: members(text({ min: 1, max: 50 }), { max: 50 }).optional(),
  usageText: text({ max: 25600 }).optional(),
});
const repositoryCatalogData = z.object({
  aboutText: text({ max: 25600 }).optional(),
  architectures: members(text({ min: 1, max: 50 }), { max: 50 }).optional(),
  description: text({ max: 1024 }).optional(),
  logoUrl: text({ max: 2048 }).optional(),
  marketplaceCertified: z.boolean().optional(),
  operatingSystems: members(text({ min: 1, max: 50 }), { max: 50 }).optional(),
  usageText: text({ max: 25600 }).optional(),
});
const repository = z.object({
  createdAt: timestamp().optional(),
  registryId: publicRegistryId.optional(),
  repositoryArn: text({ min: 1, max: 2048 }).optional(),
  // Other edges create names that this API can't address, such as `a__b`. They are still listed.
  repositoryName: text().optional(),
  repositoryUri: text().optional(),
});

export const PUBLIC_REPOSITORIES_SHAPES = {
  CreateRepository: {
    input: z.object({
      catalogData: repositoryCatalogDataInput.optional(),
      repositoryName: publicRepositoryName,
      tags: members(publicTag, { min: 0, max: 200 }).optional(),
    }),
    output: z.object({ catalogData: repositoryCatalogData.optional(), repository: repository.optional() }),
    errors: [
      'InvalidTagParameterException',
      'TooManyTagsException',
      'RepositoryAlreadyExistsException',
      'LimitExceededException',
    ],
  },
  DescribeRepositories: {
    input: z.object({
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: publicRegistryId.optional(),
      repositoryNames: members(publicRepositoryName, { min: 1, max: 100 }).optional(),
    }),
    output: z.object({ nextToken: text().optional(), repositories: members(repository).optional() }),
    errors: ['RepositoryNotFoundException'],
  },
  DeleteRepository: {
    input: z.object({
      force: z.boolean().optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName,
    }),
    output: z.object({ repository: repository.optional() }),
    errors: ['RepositoryNotFoundException', 'RepositoryNotEmptyException'],
  },
  GetRepositoryCatalogData: {
    input: z.object({ registryId: publicRegistryId.optional(), repositoryName: publicRepositoryName }),
    output: z.object({ catalogData: repositoryCatalogData.optional() }),
    errors: ['RepositoryCatalogDataNotFoundException', 'RepositoryNotFoundException'],
  },
  PutRepositoryCatalogData: {
    input: z.object({
      catalogData: repositoryCatalogDataInput,
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName,
    }),
    output: z.object({ catalogData: repositoryCatalogData.optional() }),
    errors: ['RepositoryNotFoundException'],
  },
} as const satisfies OperationShapes;

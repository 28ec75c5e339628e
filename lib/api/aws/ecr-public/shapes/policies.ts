// Request and response shapes of ECR Public's policy operations.
import { z } from 'zod';
import { text } from '#lib/api/aws/values.ts';
import { publicRegistryId, publicRepositoryName } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

export const PUBLIC_POLICIES_SHAPES = {
  SetRepositoryPolicy: {
    input: z.object({
      force: z.boolean().optional(),
      policyText: text({ min: 0, max: 10240 }),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName,
    }),
    output: z.object({
      policyText: text({ min: 0, max: 10240 }).optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException'],
  },
  GetRepositoryPolicy: {
    input: z.object({ registryId: publicRegistryId.optional(), repositoryName: publicRepositoryName }),
    output: z.object({
      policyText: text({ min: 0, max: 10240 }).optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'RepositoryPolicyNotFoundException'],
  },
  DeleteRepositoryPolicy: {
    input: z.object({ registryId: publicRegistryId.optional(), repositoryName: publicRepositoryName }),
    output: z.object({
      policyText: text({ min: 0, max: 10240 }).optional(),
      registryId: publicRegistryId.optional(),
      repositoryName: publicRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'RepositoryPolicyNotFoundException'],
  },
} as const satisfies OperationShapes;

// Request and response shapes of ECR's policy operations.
import { z } from 'zod';
import { text } from '#lib/api/aws/values.ts';
import { ecrRegistryId, ecrRepositoryName } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

export const ECR_POLICIES_SHAPES = {
  SetRepositoryPolicy: {
    input: z.object({
      force: z.boolean().optional(),
      policyText: text({ min: 0, max: 10240 }),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      policyText: text({ min: 0, max: 10240 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException'],
  },
  GetRepositoryPolicy: {
    input: z.object({ registryId: ecrRegistryId.optional(), repositoryName: ecrRepositoryName }),
    output: z.object({
      policyText: text({ min: 0, max: 10240 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'RepositoryPolicyNotFoundException'],
  },
  DeleteRepositoryPolicy: {
    input: z.object({ registryId: ecrRegistryId.optional(), repositoryName: ecrRepositoryName }),
    output: z.object({
      policyText: text({ min: 0, max: 10240 }).optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
    }),
    errors: ['RepositoryNotFoundException', 'RepositoryPolicyNotFoundException'],
  },
  PutRegistryPolicy: {
    input: z.object({ policyText: text({ min: 0, max: 10240 }) }),
    output: z.object({ policyText: text({ min: 0, max: 10240 }).optional(), registryId: ecrRegistryId.optional() }),
    errors: ['ValidationException'],
  },
  GetRegistryPolicy: {
    input: z.object({}),
    output: z.object({ policyText: text({ min: 0, max: 10240 }).optional(), registryId: ecrRegistryId.optional() }),
    errors: ['RegistryPolicyNotFoundException', 'ValidationException'],
  },
  DeleteRegistryPolicy: {
    input: z.object({}),
    output: z.object({ policyText: text({ min: 0, max: 10240 }).optional(), registryId: ecrRegistryId.optional() }),
    errors: ['RegistryPolicyNotFoundException', 'ValidationException'],
  },
} as const satisfies OperationShapes;

// Request and response shapes of ECR's pull-through operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import { ecrRegistryId } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const credentialArn = text({
  min: 50,
  max: 612,
  pattern: 'arn:aws(-\\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr\\-pullthroughcache\\/[a-zA-Z0-9\\/_+=.@-]+',
});
const pullThroughCacheRuleRepositoryPrefix = text({
  min: 2,
  max: 30,
  pattern: '([a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*\\/?|ROOT)',
});
const upstreamRegistry = z.enum([
  'ecr',
  'ecr-public',
  'quay',
  'k8s',
  'docker-hub',
  'github-container-registry',
  'azure-container-registry',
  'gitlab-container-registry',
  'chainguard',
]);
// The console creates rules with prefixes that this API can't take, such as `x`. They are still listed.
const anyPrefix = text();
const pullThroughCacheRule = z.object({
  createdAt: timestamp().optional(),
  credentialArn: credentialArn.optional(),
  customRoleArn: text({ max: 2048 }).optional(),
  ecrRepositoryPrefix: anyPrefix.optional(),
  registryId: ecrRegistryId.optional(),
  updatedAt: timestamp().optional(),
  upstreamRegistry: upstreamRegistry.optional(),
  upstreamRegistryUrl: text().optional(),
  upstreamRepositoryPrefix: anyPrefix.optional(),
});

export const ECR_PULL_THROUGH_SHAPES = {
  CreatePullThroughCacheRule: {
    input: z.object({
      credentialArn: credentialArn.optional(),
      customRoleArn: text({ max: 2048 }).optional(),
      ecrRepositoryPrefix: pullThroughCacheRuleRepositoryPrefix,
      registryId: ecrRegistryId.optional(),
      upstreamRegistry: upstreamRegistry.optional(),
      upstreamRegistryUrl: text(),
      upstreamRepositoryPrefix: pullThroughCacheRuleRepositoryPrefix.optional(),
    }),
    output: z.object({
      createdAt: timestamp().optional(),
      credentialArn: credentialArn.optional(),
      customRoleArn: text({ max: 2048 }).optional(),
      ecrRepositoryPrefix: anyPrefix.optional(),
      registryId: ecrRegistryId.optional(),
      upstreamRegistry: upstreamRegistry.optional(),
      upstreamRegistryUrl: text().optional(),
      upstreamRepositoryPrefix: anyPrefix.optional(),
    }),
    errors: [
      'ValidationException',
      'PullThroughCacheRuleAlreadyExistsException',
      'UnsupportedUpstreamRegistryException',
      'LimitExceededException',
      'UnableToAccessSecretException',
      'SecretNotFoundException',
      'UnableToDecryptSecretValueException',
    ],
  },
  DescribePullThroughCacheRules: {
    input: z.object({
      ecrRepositoryPrefixes: members(pullThroughCacheRuleRepositoryPrefix, { min: 1, max: 100 }).optional(),
      maxResults: whole({ min: 1, max: 1000 }).optional(),
      nextToken: text().optional(),
      registryId: ecrRegistryId.optional(),
    }),
    output: z.object({ nextToken: text().optional(), pullThroughCacheRules: members(pullThroughCacheRule).optional() }),
    errors: ['ValidationException', 'PullThroughCacheRuleNotFoundException'],
  },
  UpdatePullThroughCacheRule: {
    input: z.object({
      credentialArn: credentialArn.optional(),
      customRoleArn: text({ max: 2048 }).optional(),
      ecrRepositoryPrefix: pullThroughCacheRuleRepositoryPrefix,
      registryId: ecrRegistryId.optional(),
    }),
    output: z.object({
      credentialArn: credentialArn.optional(),
      customRoleArn: text({ max: 2048 }).optional(),
      ecrRepositoryPrefix: anyPrefix.optional(),
      registryId: ecrRegistryId.optional(),
      updatedAt: timestamp().optional(),
      upstreamRepositoryPrefix: anyPrefix.optional(),
    }),
    errors: [
      'ValidationException',
      'UnableToAccessSecretException',
      'PullThroughCacheRuleNotFoundException',
      'SecretNotFoundException',
      'UnableToDecryptSecretValueException',
    ],
  },
  DeletePullThroughCacheRule: {
    input: z.object({
      ecrRepositoryPrefix: pullThroughCacheRuleRepositoryPrefix,
      registryId: ecrRegistryId.optional(),
    }),
    output: z.object({
      createdAt: timestamp().optional(),
      credentialArn: credentialArn.optional(),
      customRoleArn: text({ max: 2048 }).optional(),
      ecrRepositoryPrefix: anyPrefix.optional(),
      registryId: ecrRegistryId.optional(),
      upstreamRegistryUrl: text().optional(),
      upstreamRepositoryPrefix: anyPrefix.optional(),
    }),
    errors: ['ValidationException', 'PullThroughCacheRuleNotFoundException'],
  },
  ValidatePullThroughCacheRule: {
    input: z.object({
      ecrRepositoryPrefix: pullThroughCacheRuleRepositoryPrefix,
      registryId: ecrRegistryId.optional(),
    }),
    output: z.object({
      credentialArn: credentialArn.optional(),
      customRoleArn: text({ max: 2048 }).optional(),
      ecrRepositoryPrefix: anyPrefix.optional(),
      failure: text().optional(),
      isValid: z.boolean().optional(),
      registryId: ecrRegistryId.optional(),
      upstreamRegistryUrl: text().optional(),
      upstreamRepositoryPrefix: anyPrefix.optional(),
    }),
    errors: ['ValidationException', 'PullThroughCacheRuleNotFoundException'],
  },
} as const satisfies OperationShapes;

// Request and response shapes of ECR's signing operations.
import { z } from 'zod';
import { members, text } from '#lib/api/aws/values.ts';
import { ecrRegistryId, ecrRepositoryName, ecrImageIdentifier } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const signingRepositoryFilterValue = text({
  min: 1,
  max: 256,
  pattern: '(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*',
});
const signingRepositoryFilterType = z.enum(['WILDCARD_MATCH']);
const signingRepositoryFilter = z.object({
  filter: signingRepositoryFilterValue,
  filterType: signingRepositoryFilterType,
});
const signingProfileArn = text({
  max: 200,
  pattern: 'arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:\\/signing-profiles\\/[a-zA-Z0-9_]{2,}',
});
const signingRule = z.object({
  repositoryFilters: members(signingRepositoryFilter, { min: 1, max: 100 }).optional(),
  signingProfileArn,
});
const signingConfiguration = z.object({ rules: members(signingRule, { min: 0, max: 10 }) });
const signingStatus = z.enum(['IN_PROGRESS', 'COMPLETE', 'FAILED']);
const imageSigningStatus = z.object({
  failureCode: text().optional(),
  failureReason: text().optional(),
  signingProfileArn: signingProfileArn.optional(),
  status: signingStatus.optional(),
});

export const ECR_SIGNING_SHAPES = {
  PutSigningConfiguration: {
    input: z.object({ signingConfiguration }),
    output: z.object({ signingConfiguration: signingConfiguration.optional() }),
    errors: ['ValidationException'],
  },
  GetSigningConfiguration: {
    input: z.object({}),
    output: z.object({ registryId: ecrRegistryId.optional(), signingConfiguration: signingConfiguration.optional() }),
    errors: ['ValidationException', 'SigningConfigurationNotFoundException'],
  },
  DeleteSigningConfiguration: {
    input: z.object({}),
    output: z.object({ registryId: ecrRegistryId.optional(), signingConfiguration: signingConfiguration.optional() }),
    errors: ['ValidationException', 'SigningConfigurationNotFoundException'],
  },
  DescribeImageSigningStatus: {
    input: z.object({
      imageId: ecrImageIdentifier,
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName,
    }),
    output: z.object({
      imageId: ecrImageIdentifier.optional(),
      registryId: ecrRegistryId.optional(),
      repositoryName: ecrRepositoryName.optional(),
      signingStatuses: members(imageSigningStatus).optional(),
    }),
    errors: ['ValidationException', 'ImageNotFoundException', 'RepositoryNotFoundException'],
  },
} as const satisfies OperationShapes;

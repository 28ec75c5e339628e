// Resource tags name their repository by ARN.
import type { AwsApp } from '../aws-app.ts';
import { invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { requireAwsRepository, type NamedParts } from '../find-aws-repository.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';

/** ECR Public has no regions. Any region is the same registry here, as in signatures. */
const ARN = {
  ecr: /^arn:aws(?:-[a-z]+)*:ecr:[a-z0-9-]+:([0-9]{12}):repository\/(.+)$/,
  'ecr-public': /^arn:aws(?:-[a-z]+)*:ecr-public::([0-9]{12}):repository\/(.+)$/,
} as const;

/**
 * Finds a repository of the call's service.
 * @throws AppError `InvalidParameterException`, `AccessDeniedException` for other registries,
 * `RepositoryNotFoundException`
 */
export async function requireTaggedRepository(
  app: AwsApp,
  call: Call,
  resourceArn: string,
  named?: NamedParts,
): Promise<FoundRepository> {
  const { service } = call;
  const [, registryId, repositoryName] = (service !== 'sts' && ARN[service].exec(resourceArn)) || [];
  if (registryId === undefined || repositoryName === undefined) {
    throw invalidParameter('resourceArn', 'must be the ARN of a repository of this service');
  }
  return requireAwsRepository(app, call, { registryId, repositoryName }, named);
}

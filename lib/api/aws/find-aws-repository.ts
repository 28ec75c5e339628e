// Repositories as the AWS APIs address them: by name, in the registry of the key. Visibility decides which of the two
// services has a repository; each name exists once in a registry.
import type { AccessFacts, NamedImage } from '#lib/access/access-question.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { accessFacts, findRepositoryOf, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { AwsApp } from './aws-app.ts';
import { awsError } from './aws-error.ts';
import type { AddressedRegistry, Call } from './define-operations.ts';
import type { ImageId } from './find-aws-image.ts';
import { findAwsRegistry } from './find-aws-registry.ts';
import { requireAwsAllowed } from './require-aws-allowed.ts';

export type AddressedRepository = { repositoryName: string; registryId?: string | undefined };

/** The repositories that a service has. */
export function visibilityOf({ service }: Pick<Call, 'service'>): Visibility {
  return service === 'ecr-public' ? 'public' : 'private';
}

/**
 * Authorizes a call on a registry's repositories, whether they exist or not. `registryId` is the key's own registry by
 * default, and may also be one of its aliases.
 * @throws AppError `AccessDeniedException`, the same for every other registry
 */
export async function requireAwsRegistry(
  app: AwsApp,
  call: Call,
  { registryId, repositoryName = '*' }: { registryId: string | undefined; repositoryName?: string },
  tags: Omit<NamedParts, 'images'> = {},
): Promise<void> {
  const { registryKey, membership, alias } = await findNamedRegistry(app, call, registryId);
  requireAwsAllowed(call, {
    membership,
    named: registryId,
    facts: { fullName: `${alias}/${repositoryName}`, visibility: visibilityOf(call), ...tags },
  });
  if (registryKey === call.holder.registryKey) return;
  const own = call.holder.membership.registryId;
  throw awsError('AccessDeniedException', `Access keys of registry ${own} reach that registry only.`);
}

async function findNamedRegistry(app: AwsApp, call: Call, named: string | undefined): Promise<AddressedRegistry> {
  return named === call.registry.named ? call.registry : findAwsRegistry(app, call, named);
}

/** What a call names besides the repository, for policies. Each image has to be allowed. */
export type NamedParts = Pick<AccessFacts, 'requestTags' | 'tagKeys'> & { images?: readonly NamedImage[] };

export function toNamedImages(imageIds: readonly ImageId[]): NamedImage[] {
  return imageIds.map(({ imageTag: tag, imageDigest: digest }) => ({ tag, digest }));
}

/**
 * Finds a repository of the call's service and authorizes the call. A policy may open a repository to another registry.
 * @throws AppError `AccessDeniedException`, the same whether or not a hidden repository exists;
 * `RepositoryNotFoundException`
 */
export async function requireAwsRepository(
  app: AwsApp,
  call: Call,
  { repositoryName, registryId }: AddressedRepository,
  named: NamedParts = {},
): Promise<FoundRepository> {
  const { registryKey, alias, membership } = await findNamedRegistry(app, call, registryId);
  const found = await findRepositoryOf(app, { registryKey, alias, name: repositoryName });
  const visibility = visibilityOf(call);
  const repository = found?.visibility === visibility ? found : null;
  const facts = repository ? accessFacts(repository) : { fullName: `${alias}/${repositoryName}`, visibility };
  const { images = [], ...tags } = named;
  for (const image of images.length > 0 ? images : [undefined]) {
    requireAwsAllowed(call, { membership, named: registryId, facts: { ...facts, ...tags, image } });
  }
  if (repository) return repository;
  throw repositoryNotFound(call, repositoryName);
}

export function repositoryNotFound({ registry }: Call, repositoryName: string) {
  return awsError(
    'RepositoryNotFoundException',
    `The repository with name '${repositoryName}' does not exist in the registry with id '${registry.membership.registryId}'`,
  );
}

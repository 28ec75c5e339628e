// Repositories as the AWS APIs address them: by name, in the registry of the key. Visibility decides which of the two
// services has a repository; each name exists once in a registry.
import type { Visibility } from '#lib/repositories/schema.ts';
import { findRepositoryOf, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { AwsApp } from './aws-app.ts';
import { awsError } from './aws-error.ts';
import type { Call } from './define-operations.ts';
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
  { registryId, repositoryName }: { registryId: string | undefined; repositoryName?: string },
): Promise<void> {
  const { membership, alias } = call.holder;
  const isOwn = registryId === undefined || (await isOwnRegistry(app, call, registryId));
  const facts = { fullName: `${alias}/${repositoryName ?? '*'}`, visibility: visibilityOf(call) };
  if (isOwn) return requireAwsAllowed(call, { facts });
  requireAwsAllowed(call, { membership: { registryId, role: null }, facts });
  throw awsError('AccessDeniedException', `Access keys of registry ${membership.registryId} reach that registry only.`);
}

async function isOwnRegistry(app: AwsApp, { holder }: Call, registryId: string): Promise<boolean> {
  if (registryId === holder.membership.registryId || registryId === holder.alias) return true;
  const alias = await app.db.alias.findUnique({
    where: { name: registryId, registryKey: holder.registryKey, status: 'active' },
  });
  return alias !== null;
}

/**
 * Finds a repository of the call's service after authorizing the call.
 * @throws AppError `AccessDeniedException`, `RepositoryNotFoundException`
 */
export async function requireAwsRepository(
  app: AwsApp,
  call: Call,
  { repositoryName, registryId }: AddressedRepository,
): Promise<FoundRepository> {
  await requireAwsRegistry(app, call, { registryId, repositoryName });
  const { registryKey, alias } = call.holder;
  const found = await findRepositoryOf(app, { registryKey, alias, name: repositoryName });
  if (found?.visibility === visibilityOf(call)) return found;
  throw repositoryNotFound(call, repositoryName);
}

export function repositoryNotFound({ holder }: Call, repositoryName: string) {
  return awsError(
    'RepositoryNotFoundException',
    `The repository with name '${repositoryName}' does not exist in the registry with id '${holder.membership.registryId}'`,
  );
}

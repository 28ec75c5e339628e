// Creates and deletes repositories for both services.
import type { TagMutabilityRule } from '#lib/repositories/tag-mutability/schema.ts';
import type { KeyedTag } from '#lib/access/tags/schema.ts';
import type { CatalogData } from '#lib/repositories/schema.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { removeMirror } from '#lib/upstream/mirrors/remove-mirror.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import {
  requireAwsRegistry,
  requireAwsRepository,
  visibilityOf,
  type AddressedRepository,
} from '../find-aws-repository.ts';
import { parseAwsTags, toTagError, type AwsTag } from '../resource-tags/aws-tags.ts';
import { SHOWN, type ShownRepository } from './present-repository.ts';

type NewRepository = AddressedRepository & {
  tags?: AwsTag[] | undefined;
  tagRule?: TagMutabilityRule;
  /** As createRepository takes it. */
  kmsKey?: string | null | undefined;
  catalogData?: Partial<CatalogData>;
  logo?: Buffer | null;
};

/**
 * Creates a repository with everything that belongs to it, or nothing.
 * @throws AppError `AccessDeniedException`, `RepositoryAlreadyExistsException`, `TooManyTagsException`,
 * `InvalidTagParameterException`, `InvalidParameterException`
 */
export async function createAwsRepository(app: AwsApp, call: Call, asked: NewRepository): Promise<ShownRepository> {
  const { repositoryName, registryId, tags = [], kmsKey, ...rest } = asked;
  const resourceTags = await requireAwsCreation(app, call, { registryId, repositoryName, tags });
  const { alias } = call.holder;
  const created = await createRepository(app, {
    ...rest,
    ...(kmsKey !== undefined && { kmsKey }),
    caller: call.caller,
    alias,
    name: repositoryName,
    visibility: visibilityOf(call),
    resourceTags,
  }).catch((error: unknown) => {
    throw isAppError(error) && error.code === 'name_taken' ? alreadyExists(call, repositoryName) : toTagError(error);
  });
  return app.db.repository.findUniqueOrThrow({ where: { id: created.id }, select: SHOWN });
}

/**
 * Authorizes the creation of a repository with these tags, and parses them.
 * @throws AppError `AccessDeniedException`, `InvalidTagParameterException`
 */
export async function requireAwsCreation(
  app: AwsApp,
  call: Call,
  { registryId, repositoryName, tags = [] }: Pick<NewRepository, 'registryId' | 'repositoryName' | 'tags'>,
): Promise<KeyedTag[]> {
  const resourceTags = parseAwsTags(tags);
  const tagKeys = resourceTags.map(({ key }) => key);
  const named = tagKeys.length > 0 ? { requestTags: resourceTags, tagKeys } : {};
  await requireAwsRegistry(app, call, { registryId, repositoryName }, named);
  return resourceTags;
}

/** Both services share a registry's names. */
function alreadyExists({ registry }: Call, name: string) {
  const message = `The repository with name '${name}' already exists in the registry with id '${registry.membership.registryId}'`;
  return awsError('RepositoryAlreadyExistsException', message);
}

/**
 * Deletes a repository, which can be restored for a while. A mirror is removed with what it has cached.
 * @throws AppError `AccessDeniedException`, `RepositoryNotFoundException`, `RepositoryNotEmptyException`
 */
export async function deleteAwsRepository(
  app: AwsApp,
  call: Call,
  { force = false, ...named }: AddressedRepository & { force?: boolean | undefined },
): Promise<ShownRepository> {
  const { id, name, fullName, upstream } = await requireAwsRepository(app, call, named);
  const row = await app.db.repository.findUniqueOrThrow({ where: { id }, select: SHOWN });
  const deletion = { caller: call.caller, fullName, mustBeEmpty: !force };
  await (upstream ? removeMirror : deleteRepository)(app, deletion).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== 'repository_not_empty') throw error;
    const { registryId } = call.registry.membership;
    throw awsError(
      'RepositoryNotEmptyException',
      `The repository with name '${name}' in registry with id '${registryId}' cannot be deleted because it still contains images`,
    );
  });
  return row;
}

import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import { createOnPush } from '#lib/repositories/templates/create-on-push.ts';
import { findRepository, NO_ROW, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';

/** Returns a placeholder for a repository that its first push will create. */
export function notYet(fullName: string): FoundRepository {
  const { alias, name } = splitFullName(fullName) ?? { alias: fullName, name: '' };
  const id = NO_ROW;
  const nothing = {
    id,
    registryKey: id,
    version: 0,
    createdAt: new Date(),
    keyScope: 'site' as const,
    quarantineReason: null,
    upstream: null,
    policy: null,
    resourceTags: null,
  };
  return { ...nothing, alias, name, fullName, visibility: 'private' };
}

export function isNotYet(repository: FoundRepository): boolean {
  return repository.id === NO_ROW;
}

/** What the creation of a repository needs. */
export type CreatingApp = { db: Db; repositoryKeys: RepositoryKeys; policies?: PolicyCache };

/**
 * Creates the repository if it doesn't exist. Call it after all other checks, so that a bad push leaves no repository
 * behind.
 * @throws AppError `repository_not_found` if the registry doesn't create repositories on push
 */
export async function ensureRepository(
  app: CreatingApp,
  { caller, repository }: { caller: UserCaller; repository: FoundRepository },
): Promise<FoundRepository> {
  if (!isNotYet(repository)) return repository;
  const { alias, name, fullName } = repository;
  try {
    return await createOnPush(app, { caller, alias, name });
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'invalid_input') throw new AppError('name_invalid', error.message, { cause: error });
    // Clients push layers concurrently, so another request may have been first.
    const existing = error.code === 'name_taken' ? await findRepository(app, fullName) : null;
    if (!existing) throw error;
    return existing;
  }
}

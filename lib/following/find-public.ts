// What can be starred and followed: things that everyone may see.
import { ANONYMOUS_CALLER } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import { findRegistryByAlias, findRepository, type FoundRegistry } from '#lib/repositories/find-repository.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { findMoved } from '#lib/repositories/moves/find-moved.ts';

export type NamedRepository = { repositoryId: bigint; name: string };

/**
 * Finds a repository as an anonymous visitor would, also by a former name.
 * @throws AppError `repository_not_found`, also for repositories that only the caller may see
 */
export async function requirePublicRepository(app: { db: Db }, fullName: string): Promise<NamedRepository> {
  const found = await findVisibleRepository(app, { caller: ANONYMOUS_CALLER, fullName });
  if (!found) throw new AppError('repository_not_found', `${fullName} doesn't exist, or isn't public.`);
  return { repositoryId: found.id, name: found.movedTo ?? fullName };
}

/** Finds a repository whether or not it is public, so that a star or follow can be removed later. */
export async function findAnyRepository(app: { db: Db }, fullName: string): Promise<NamedRepository | null> {
  const found = (await findRepository(app, fullName)) ?? (await findMoved(app, fullName));
  return found && { repositoryId: found.id, name: found.movedTo ?? fullName };
}

export async function findPublisher(app: { db: Db }, alias: string): Promise<FoundRegistry | null> {
  return aliasSchema.safeParse(alias).success ? findRegistryByAlias(app, alias) : null;
}

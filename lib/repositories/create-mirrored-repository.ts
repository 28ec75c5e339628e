import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { findRepositoryOf, NO_ROW, type FoundRepository } from './find-repository.ts';
import { createByTemplate } from './templates/create-by-template.ts';

/** What a mirror's row is made of. */
export type MirrorNames = Pick<
  FoundRepository,
  'id' | 'registryKey' | 'alias' | 'name' | 'fullName' | 'visibility' | 'upstream'
>;

/**
 * Creates the row of a mirrored repository when its first image is pulled, with the settings of a matching template.
 * @throws AppError `conflict` when a repository that isn't mirrored has taken the name
 */
export async function createMirroredRepository(app: { db: Db }, repository: MirrorNames): Promise<MirrorNames> {
  if (repository.id !== NO_ROW || !repository.upstream) return repository;
  const { registryKey, alias, name, fullName, visibility, upstream } = repository;
  const named = { registryKey, alias, name, visibility, upstream };
  try {
    return await createByTemplate(app, { caller: SYSTEM_CALLER, purpose: 'pull_through', ...named });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'name_taken') throw error;
    // A concurrent pull created the row first.
    const existing = await findRepositoryOf(app, { registryKey, alias, name });
    if (existing?.upstream) return existing;
    throw new AppError('conflict', `${fullName} is no longer mirrored. Try again.`, { cause: error });
  }
}

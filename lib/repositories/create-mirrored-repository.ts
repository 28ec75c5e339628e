import { recordChange } from '#lib/events/record-change.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { findRepositoryOf, NO_ROW, type FoundRepository } from './find-repository.ts';

/** What a mirror's row is made of. */
export type MirrorNames = Pick<
  FoundRepository,
  'id' | 'registryKey' | 'alias' | 'name' | 'fullName' | 'visibility' | 'upstream'
>;

/**
 * Creates the row of a mirrored repository when its first image is pulled.
 * @throws AppError `conflict` when a repository that isn't mirrored has taken the name
 */
export async function createMirroredRepository(app: { db: Db }, repository: MirrorNames): Promise<MirrorNames> {
  if (repository.id !== NO_ROW || !repository.upstream) return repository;
  const { registryKey, alias, name, fullName, visibility, upstream } = repository;
  try {
    return await app.db.$transaction(async (tx) => {
      const data = { registryKey, name, visibility, upstreamId: upstream.upstreamId, upstreamName: upstream.name };
      const { id } = await tx.repository.create({ data, select: { id: true } });
      await recordChange(tx, {
        type: 'repository.create',
        caller: SYSTEM_CALLER,
        registryKey,
        resource: { repositoryId: id, name: fullName },
        after: { upstream: upstream.name },
      });
      return { ...repository, id };
    });
  } catch (error) {
    if (errorCode(error) !== 'P2002') throw error;
    // A concurrent pull created the row first.
    const existing = await findRepositoryOf(app, { registryKey, alias, name });
    if (existing?.upstream) return existing;
    throw new AppError('conflict', `${fullName} is no longer mirrored. Try again.`, { cause: error });
  }
}

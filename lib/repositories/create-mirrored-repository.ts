import { recordChange } from '#lib/events/record-change.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { findRepositoryOf, NO_ROW, type FoundRepository } from './find-repository.ts';

/**
 * Gives a mirrored repository its row at the first image that comes through it.
 * @throws AppError `conflict` when a repository that is not mirrored has got the name meanwhile
 */
export async function createMirroredRepository(app: { db: Db }, repository: FoundRepository): Promise<FoundRepository> {
  if (repository.id !== NO_ROW || !repository.upstream) return repository;
  const { registryKey, alias, name, fullName, upstream } = repository;
  try {
    return await app.db.$transaction(async (tx) => {
      const data = { registryKey, name, upstreamId: upstream.upstreamId, upstreamName: upstream.name };
      const { id, version, createdAt } = await tx.repository.create({ data });
      await recordChange(tx, {
        type: 'repository.create',
        caller: SYSTEM_CALLER,
        registryKey,
        resource: { repositoryId: id, name: fullName },
        after: { upstream: upstream.name },
      });
      return { ...repository, id, version, createdAt };
    });
  } catch (error) {
    if (errorCode(error) !== 'P2002') throw error;
    // Two tags of one image were asked for at once.
    const existing = await findRepositoryOf(app, { registryKey, alias, name });
    if (existing?.upstream) return existing;
    throw new AppError('conflict', `${fullName} is no longer mirrored: try again.`, { cause: error });
  }
}

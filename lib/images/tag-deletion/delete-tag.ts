import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findTagDigests } from './choose-tags.ts';
import { removeTags } from './remove-tags.ts';

/** Deletes a tag, whatever it points to. Its manifest can still be pulled by digest. */
export async function deleteTag(
  app: { db: Db },
  { caller, repository, tag }: { caller: UserCaller; repository: FoundRepository; tag: string },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const tags = await findTagDigests(tx, { repositoryId: repository.id, names: [tag] });
    if (tags.length === 0) throw new AppError('manifest_not_found', `Tag ${tag} doesn't exist.`);
    await removeTags(tx, { caller, repository, tags });
  });
}

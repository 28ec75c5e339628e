import { markRecordedDelete } from '#lib/repositories/deletions/mark-recorded-delete.sql.ts';
import { requireEmptyRepository } from '#lib/repositories/deletions/require-empty-repository.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findOwnMirror } from './find-own-mirror.ts';

export type RemoveMirrorInput = {
  caller: UserCaller;
  fullName: string;
  /** Refuses to remove cached manifests. */
  mustBeEmpty?: boolean;
};

/**
 * Removes a mirrored repository with its page and cached manifests. The upstream keeps its images.
 * @throws AppError `repository_not_found`, `repository_not_empty`, `forbidden`
 */
export async function removeMirror(
  app: { db: Db },
  { caller, fullName, mustBeEmpty = false }: RemoveMirrorInput,
): Promise<void> {
  const mirror = await findOwnMirror(app, { caller, fullName });
  const { id, registryKey, upstream } = mirror;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, mirror);
    if (mustBeEmpty) await requireEmptyRepository(tx, { id, fullName });
    // Recorded first, because removing a repository from the search index needs its row.
    await recordChange(tx, {
      type: 'repository.remove-mirror',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before: { upstream: upstream.name },
    });
    await markRecordedDelete(tx);
    await tx.repository.delete({ where: { id } });
  });
}

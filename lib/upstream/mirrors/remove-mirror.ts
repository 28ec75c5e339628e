import { recordGarbage } from '#lib/repositories/deletions/record-garbage.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findOwnMirror } from './find-own-mirror.ts';

/**
 * Removes a mirrored repository from here, its page and its cached manifests with it. The images stay where they live.
 * @throws AppError `repository_not_found`, `forbidden`
 */
export async function removeMirror(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  const { id, registryKey, upstream } = await findOwnMirror(app, { caller, fullName });
  await app.db.$transaction(async (tx) => {
    // First: search forgets a repository as long as its row is there.
    await recordChange(tx, {
      type: 'repository.remove-mirror',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before: { upstream: upstream.name },
    });
    await recordGarbage(tx);
    await tx.repository.delete({ where: { id } });
  });
}

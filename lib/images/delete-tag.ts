import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { deletedBy } from '#lib/repositories/deletions/holding-repository.ts';

/**
 * Deletes a tag. Its manifest can still be pulled by digest. The tag can be restored for a while (restore-deletion.ts).
 */
export async function deleteTag(
  app: { db: Db },
  { caller, repository, tag }: { caller: UserCaller; repository: FoundRepository; tag: string },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository.id);
    const key = { repositoryId: repository.id, name: tag };
    const row = await tx.tag.findUnique({
      where: { repositoryId_name: key },
      select: { manifest: { select: { digest: true } } },
    });
    if (!row) throw new AppError('manifest_not_found', `Tag ${tag} doesn't exist.`);
    const { digest } = row.manifest;
    await tx.tag.delete({ where: { repositoryId_name: key } });
    const { id: repositoryId, registryKey, name } = repository;
    const deletion = { registryKey, kind: 'tag', name, repositoryId, tag, digest, ...deletedBy(caller) } as const;
    await tx.deletion.create({ data: deletion });
    const userId = caller.principal.userId;
    await tx.tagEvent.create({ data: { repositoryId, tag, fromDigest: digest, userId } });
    await recordChange(tx, {
      type: 'tag.delete',
      caller,
      registryKey,
      resource: { repositoryId, name: repository.fullName, tag },
      before: { digest },
    });
  });
}

import { recordAudit } from '#lib/events/record-audit.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { deletedBy } from '#lib/repositories/deletions/holding-repository.ts';
import { touchRepository } from '#lib/events/touch-repository.ts';

/**
 * Takes a tag off its manifest, which stays and can still be pulled by digest. It can be restored for a while
 * (restore-deletion.ts).
 */
export async function deleteTag(
  app: { db: Db },
  { caller, repository, tag }: { caller: UserCaller; repository: FoundRepository; tag: string },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await touchRepository(tx, repository.id);
    const key = { repositoryId: repository.id, name: tag };
    const row = await tx.tag.findUnique({
      where: { repositoryId_name: key },
      select: { manifest: { select: { digest: true } } },
    });
    if (!row) throw new AppError('manifest_not_found', `There is no tag ${tag}.`);
    const { digest } = row.manifest;
    await tx.tag.delete({ where: { repositoryId_name: key } });
    const { id: repositoryId, registryKey, name } = repository;
    const deletion = { registryKey, kind: 'tag', name, repositoryId, tag, digest, ...deletedBy(caller) } as const;
    await tx.deletion.create({ data: deletion });
    const userId = caller.principal.userId;
    await tx.tagEvent.create({ data: { repositoryId, tag, fromDigest: digest, userId } });
    const entry = { caller, registryKey, target: `${repository.fullName}:${tag}` };
    await recordAudit(tx, { ...entry, action: 'tag.delete', before: { digest } });
  });
}

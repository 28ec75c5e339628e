import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { batches } from '#lib/platform/batches.ts';
import type { Db, DbOrTx } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from './find-repository.ts';
import { createHolding, deletedBy, moveManifest } from './holding-repository.ts';
import { touchRepository } from './touch-repository.ts';

export type DeleteManifestInput = {
  /** Null: the publisher's rule for untagged manifests. */
  caller: Caller | null;
  repository: Pick<FoundRepository, 'id' | 'registryId' | 'name' | 'fullName'>;
  digest: Digest;
  /** Asked when nothing can change the repository any more; false: it stays. */
  isStillWanted?: (tx: DbOrTx) => Promise<boolean>;
};

/** Removes a manifest and every tag that names it, in one step. It can be restored for a while (restore-deletion.ts). */
export async function deleteManifest(
  app: { db: Db },
  { caller, repository, digest, isStillWanted }: DeleteManifestInput,
): Promise<boolean> {
  const { id: repositoryId, registryId, name } = repository;
  return app.db.$transaction(async (tx) => {
    await touchRepository(tx, repositoryId);
    const manifest = await tx.manifest.findUnique({
      where: { repositoryId_digest: { repositoryId, digest } },
      select: { id: true, tags: { where: { repositoryId }, select: { name: true } } },
    });
    if (!manifest) throw new AppError('manifest_not_found', 'The repository has no such manifest.');
    if (isStillWanted && !(await isStillWanted(tx))) return false;
    const tags = manifest.tags.map((tag) => tag.name);
    const shared = { repositoryId, fromDigest: digest, userId: caller?.actor.userId ?? null };
    for (const batch of batches(tags)) {
      await tx.tagEvent.createMany({ data: batch.map((tag) => ({ ...shared, tag })) });
    }
    const holdingId = await createHolding(tx);
    await tx.tag.updateMany({ where: { manifestId: manifest.id }, data: { repositoryId: holdingId } });
    await moveManifest(tx, { manifestId: manifest.id, fromId: repositoryId, toId: holdingId });
    const deletion = {
      registryId,
      kind: 'manifest',
      name,
      repositoryId,
      digest,
      holdingId,
      ...deletedBy(caller),
    } as const;
    await tx.deletion.create({ data: deletion });
    const entry = { caller, registryId, target: `${repository.fullName}@${digest}` };
    await recordAudit(tx, { ...entry, action: 'manifest.delete', before: { tags } });
    return true;
  });
}

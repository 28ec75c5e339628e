import { recordAudit } from '#lib/audit/record-audit.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { batches } from '#lib/platform/batches.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from './find-repository.ts';
import { touchRepository } from './touch-repository.ts';

/** Removes a manifest and every tag that names it, in one step. */
export async function deleteManifest(
  app: { db: Db },
  { caller, repository, digest }: { caller: Caller; repository: FoundRepository; digest: Digest },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await touchRepository(tx, repository.id);
    const manifest = await tx.manifest.findUnique({
      where: { repositoryId_digest: { repositoryId: repository.id, digest } },
      select: { id: true, tags: { select: { name: true } } },
    });
    if (!manifest) throw new AppError('manifest_not_found', 'The repository has no such manifest.');
    const tags = manifest.tags.map(({ name }) => name);
    const shared = { repositoryId: repository.id, fromDigest: digest, userId: caller.actor.userId };
    for (const batch of batches(tags)) {
      await tx.tagEvent.createMany({ data: batch.map((tag) => ({ ...shared, tag })) });
    }
    // Tags and edges go with it, by foreign key.
    await tx.manifest.delete({ where: { id: manifest.id } });
    const entry = { caller, registryId: repository.registryId, target: `${repository.fullName}@${digest}` };
    await recordAudit(tx, { ...entry, action: 'manifest.delete', before: { tags } });
  });
}

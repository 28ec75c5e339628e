import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { deletedBy } from '#lib/repositories/deletions/holding-repository.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { ChosenTag } from './schema.ts';

/** An audit row has 12 parameters, and a statement takes 65,535. */
const BATCH = 500;

/**
 * Deletes tags that exist with these digests. Each can be restored for a while (restore-deletion.ts). The caller holds
 * the repository's lock.
 */
export async function removeTags(
  tx: DbOrTx,
  { caller, repository, tags }: { caller: UserCaller; repository: FoundRepository; tags: ChosenTag[] },
): Promise<void> {
  const { id: repositoryId, registryKey, name, fullName } = repository;
  const { userId } = caller.principal;
  for (const batch of batches(tags, BATCH)) {
    await tx.tag.deleteMany({ where: { repositoryId, name: { in: batch.map((tag) => tag.name) } } });
    await tx.deletion.createMany({
      data: batch.map(({ name: tag, digest }) => {
        return { registryKey, kind: 'tag', name, repositoryId, tag, digest, ...deletedBy(caller) };
      }),
    });
    await tx.tagEvent.createMany({
      data: batch.map(({ name: tag, digest }) => ({ repositoryId, tag, fromDigest: digest, userId })),
    });
    await recordChange(
      tx,
      ...batch.map(({ name: tag, digest }) => {
        const resource = { repositoryId, name: fullName, tag };
        return { type: 'tag.delete', caller, registryKey, resource, before: { digest } } as const;
      }),
    );
  }
}

import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';

export type StorageClassChange = {
  caller: Caller;
  repository: Pick<FoundRepository, 'id' | 'registryKey' | 'fullName'>;
  digest: string;
  isArchived: boolean;
};

/** Archives or restores a manifest. Does nothing if it is so already. The caller holds the repository's lock. */
export async function changeStorageClass(
  tx: DbOrTx,
  { caller, repository, digest, isArchived }: StorageClassChange,
): Promise<void> {
  const { id: repositoryId, registryKey, fullName } = repository;
  const now = new Date();
  const { count } = await tx.manifest.updateMany({
    where: { repositoryId, digest, isArchived: !isArchived },
    data: { isArchived, ...(isArchived ? { archivedAt: now } : { activatedAt: now }) },
  });
  if (count === 0) return;
  await recordChange(tx, {
    type: isArchived ? 'manifest.archive' : 'manifest.unarchive',
    caller,
    registryKey,
    resource: { repositoryId, name: fullName, digest },
  });
}

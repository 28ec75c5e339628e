import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { deleteUnusedLogo, storeLogo } from '#lib/publishers/logos/logo-store.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';

/** Stores an encoded logo as the repository's, or removes it. Returns its id. */
export async function replaceLogo(
  tx: DbOrTx,
  { caller, repository, logo }: { caller: Caller; repository: FoundRepository; logo: Buffer | null },
): Promise<string | null> {
  const { id, registryKey, fullName } = repository;
  const logoId = await storeLogo(tx, logo);
  await lockRepository(tx, repository);
  const before = await tx.repository.findUniqueOrThrow({ where: { id }, select: { logoId: true } });
  if (before.logoId === logoId) return logoId;
  await tx.repository.update({ where: { id }, data: { logoId }, select: { id: true } });
  await deleteUnusedLogo(tx, before.logoId);
  await recordChange(tx, {
    type: 'repository.set-logo',
    caller,
    registryKey,
    resource: { repositoryId: id, name: fullName },
    before: { logo: before.logoId },
    after: { logo: logoId },
  });
  return logoId;
}

import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import { encodeLogo } from '#lib/publishers/logos/encode-logo.ts';
import { authorizeRepository } from './authorize-repository.ts';
import { deleteUnusedLogo, storeLogo } from '#lib/publishers/logos/logo-store.ts';

export type SetRepositoryLogoInput = {
  caller: UserCaller;
  fullName: string;
  /** The uploaded file. Null removes the logo. */
  image: Buffer | null;
};

/**
 * Returns the logo's new id. @throws AppError `repository_not_found`, `forbidden`, `quarantined`, `invalid_input`,
 * `too_large`, `rate_limited`
 */
export async function setRepositoryLogo(
  app: { db: Db; logoLimiter: FairLimiter },
  input: SetRepositoryLogoInput,
): Promise<string | null> {
  const { caller, fullName, image } = input;
  const repository = await authorizeRepository(app, {
    caller,
    fullName,
    action: 'ecr-public:PutRepositoryCatalogData',
  });
  const encoded = image && (await encodeLogo(app, image, caller.principal.userId));
  return app.db.$transaction(async (tx) => {
    const { id, registryKey } = repository;
    const logoId = await storeLogo(tx, encoded);
    const before = await tx.repository.findUniqueOrThrow({ where: { id }, select: { logoId: true } });
    if (before.logoId === logoId) return logoId;
    await tx.repository.update({ where: { id }, data: { logoId, version: { increment: 1 } } });
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
  });
}

import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import { encodeLogo } from './encode-logo.ts';
import { deleteUnusedLogo, storeLogo } from './logo-store.ts';

export type SetRegistryLogoInput = {
  caller: UserCaller;
  registryKey: bigint;
  /** The uploaded file; null removes the logo. */
  image: Buffer | null;
};

/**
 * Sets a registry's logo and returns its id. Admins may too, to remove reported logos.
 * @throws AppError `forbidden`, `invalid_input`, `too_large`, `rate_limited`
 */
export async function setRegistryLogo(
  app: { db: Db; logoLimiter: FairLimiter },
  input: SetRegistryLogoInput,
): Promise<string | null> {
  const { caller, registryKey, image } = input;
  await authorize(app, { ...caller, action: 'ecr-public:PutRegistryCatalogData', registryKey });
  const encoded = image && (await encodeLogo(app, image, caller.principal.userId));
  return app.db.$transaction(async (tx) => {
    const logoId = await storeLogo(tx, encoded);
    const before = await tx.registry.findUniqueOrThrow({
      where: { id: registryKey },
      select: { logoId: true, registryId: true },
    });
    if (before.logoId === logoId) return logoId;
    await tx.registry.update({ where: { id: registryKey }, data: { logoId } });
    await deleteUnusedLogo(tx, before.logoId);
    const change = { before: { logo: before.logoId }, after: { logo: logoId } };
    await recordChange(tx, {
      caller,
      registryKey,
      type: 'registry.set-logo',
      resource: { name: before.registryId },
      ...change,
    });
    return logoId;
  });
}

import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { lockRoles } from '#lib/publishers/roles/role-store.ts';

/**
 * Removes an issuer. No role can be assumed with its tokens any more. Sessions go on until they end.
 * @throws AppError `forbidden`, `not_found`
 */
export async function removeIdentityProvider(
  app: { db: Db },
  { caller, registryKey, issuer }: { caller: Caller; registryKey: bigint; issuer: string },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    await authorize({ db: tx }, { ...caller, action: 'vitrine:ManageRoles', registryKey });
    const { count } = await tx.identityProvider.deleteMany({ where: { registryKey, issuer } });
    if (count === 0) throw new AppError('not_found', 'Identity provider not found.');
    await recordChange(tx, { type: 'identity-provider.remove', caller, registryKey, resource: { name: issuer } });
  });
}

import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import { requireUnconfined } from '#lib/identity/credentials/require-unconfined.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { insertAccessKey, type CreatedAccessKey } from './insert-access-key.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';

/**
 * Creates a key with which the caller acts in one of their registries.
 * @throws AppError `forbidden` unless the caller is a member, `conflict` if they have as many keys as they may
 */
export async function createAccessKey(
  app: { db: Db; masterKeys: MasterKeys },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<CreatedAccessKey> {
  const { principal } = caller;
  const { userId, credentialExpiresAt: expiresAt = null } = principal;
  const membership = await findMembership(app, { principal, registryKey });
  requireAllowed({ ...caller, action: 'vitrine:CreateAccessKey', membership });
  requireUnconfined(principal);
  if (!membership) throw new AppError('not_found', 'Registry not found.');
  const { registryId } = membership;
  return app.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    await requireLiveCredential(tx, principal);
    return insertAccessKey(app, tx, { caller, holder: { userId, registryKey, registryId }, expiresAt });
  });
}

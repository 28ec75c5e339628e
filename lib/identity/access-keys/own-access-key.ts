import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isAccessKeyId } from './access-key-secret.ts';

export type OwnAccessKey = { id: string; userId: string; registryKey: bigint; disabledAt: Date | null };

/**
 * Finds a key that the caller may manage: their own, or any of a registry whose members they manage.
 * @throws AppError `not_found`, also for keys of others, `forbidden`
 */
export async function requireOwnAccessKey(
  tx: DbOrTx,
  { caller, accessKeyId, registryKey }: { caller: UserCaller; accessKeyId: string; registryKey: bigint },
): Promise<OwnAccessKey> {
  const { principal } = caller;
  const membership = await findMembership({ db: tx }, { principal, registryKey });
  const id = isAccessKeyId(accessKeyId) ? accessKeyId : null;
  const key = id === null ? null : await tx.accessKey.findUnique({ where: { id, registryKey } });
  const isOwn = key !== null && key.userId === principal.userId;
  requireAllowed({ ...caller, action: isOwn ? 'vitrine:CreateAccessKey' : 'vitrine:ManageAccessKeys', membership });
  if (!key) throw new AppError('not_found', 'Access key not found.');
  return key;
}

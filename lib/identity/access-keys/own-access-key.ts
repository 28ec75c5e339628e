import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isAccessKeyId } from './access-key-secret.ts';

export type OwnAccessKey = { id: string; userId: string; registryKey: bigint; disabledAt: Date | null };

/**
 * Finds a key that the caller may manage: their own, a robot's if they manage robots, or anyone's of a registry whose
 * access keys they manage.
 * @throws AppError `not_found`, also for keys of others, `forbidden`
 */
export async function requireOwnAccessKey(
  tx: DbOrTx,
  { caller, accessKeyId, registryKey }: { caller: UserCaller; accessKeyId: string; registryKey: bigint },
): Promise<OwnAccessKey> {
  const { principal } = caller;
  const membership = await findMembership({ db: tx }, { principal, registryKey });
  const id = isAccessKeyId(accessKeyId) ? accessKeyId : null;
  const include = { member: { select: { role: true, user: { select: { kind: true } } } } };
  const key = id === null ? null : await tx.accessKey.findUnique({ where: { id, registryKey }, include });
  if (key?.member.user.kind === 'robot') {
    const facts = { fromRole: key.member.role };
    requireAllowed({ ...caller, action: 'vitrine:ManageRobots', membership, facts });
    return key;
  }
  const isOwn = key !== null && key.userId === principal.userId;
  requireAllowed({ ...caller, action: isOwn ? 'vitrine:CreateAccessKey' : 'vitrine:ManageAccessKeys', membership });
  if (!key) throw new AppError('not_found', 'Access key not found.');
  return key;
}

import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { OF_A_PERSON } from '#lib/identity/accounts/people.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { AccessKey } from '#lib/platform/prisma/client.ts';

/** A key of a known holder. */
export type HeldKey = {
  accessKeyId: string;
  createdAt: Date;
  expiresAt: Date | null;
  disabledAt: Date | null;
  lastUsedAt: Date | null;
  lastUsedService: string | null;
  lastUsedAddress: string | null;
};

export type AccessKeyView = HeldKey & {
  /** The member it acts for. */
  userId: string;
  email: string;
  isOwn: boolean;
};

/**
 * Lists the caller's keys of a registry, or those of all people if the caller manages them. Robots show their own.
 * @throws AppError `forbidden`
 */
export async function listAccessKeys(
  app: { db: Db },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<AccessKeyView[]> {
  const { principal } = caller;
  const { userId } = principal;
  const membership = await findMembership(app, { principal, registryKey });
  requireAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership });
  const seesAll = isAllowed({ ...caller, action: 'vitrine:ManageAccessKeys', membership });
  const keys = await app.db.accessKey.findMany({
    where: { registryKey, ...(seesAll ? { member: OF_A_PERSON } : { userId }) },
    orderBy: { createdAt: 'desc' },
    include: { member: { select: { user: { select: { email: true } } } } },
  });
  return keys.map(({ member, ...key }) => ({
    ...toHeldKey(key),
    userId: key.userId,
    email: member.user.email,
    isOwn: key.userId === userId,
  }));
}

/** Selects what only the key itself tells. */
export function toHeldKey({ id, createdAt, expiresAt, disabledAt, lastUsedAt, ...use }: AccessKey): HeldKey {
  const { lastUsedService, lastUsedAddress } = use;
  return { accessKeyId: id, createdAt, expiresAt, disabledAt, lastUsedAt, lastUsedService, lastUsedAddress };
}

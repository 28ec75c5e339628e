import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';

export type AccessKeyView = {
  accessKeyId: string;
  /** The member it acts for. */
  userId: string;
  email: string;
  isOwn: boolean;
  createdAt: Date;
  expiresAt: Date | null;
  disabledAt: Date | null;
  lastUsedAt: Date | null;
  lastUsedService: string | null;
  lastUsedAddress: string | null;
};

/** Lists the caller's keys of a registry, or all of them if the caller manages its members. @throws AppError `forbidden` */
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
    where: { registryKey, ...(!seesAll && { userId }) },
    orderBy: { createdAt: 'desc' },
    include: { member: { select: { user: { select: { email: true } } } } },
  });
  return keys.map(({ id, member, createdAt, expiresAt, disabledAt, lastUsedAt, ...key }) => ({
    accessKeyId: id,
    userId: key.userId,
    email: member.user.email,
    isOwn: key.userId === userId,
    createdAt,
    expiresAt,
    disabledAt,
    lastUsedAt,
    lastUsedService: key.lastUsedService,
    lastUsedAddress: key.lastUsedAddress,
  }));
}

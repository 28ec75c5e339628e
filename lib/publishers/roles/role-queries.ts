import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { roleName } from '#lib/access/resource-names.ts';
import type { Caller, RegistryRole } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';

export type RoleView = {
  name: string;
  arn: string;
  permission: RegistryRole;
  description: string;
  trustPolicy: string;
  maxSessionSeconds: number;
  createdAt: Date;
  disabledAt: Date | null;
  /** How many are live. */
  sessions: number;
};

/** Lists a registry's roles by name. For members. @throws AppError `forbidden` */
export async function listRoles(
  app: { db: Db },
  { caller, registryKey }: { caller: Caller; registryKey: bigint },
): Promise<RoleView[]> {
  const membership = await findMembership(app, { principal: caller.principal, registryKey });
  requireAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership });
  const registryId = membership?.registryId ?? '';
  const live = { where: { expiresAt: { gt: new Date() } } };
  const members = await app.db.member.findMany({
    where: { registryKey, user: { kind: 'role' } },
    orderBy: { user: { displayName: 'asc' } },
    include: { user: { include: { trust: true } }, _count: { select: { accessKeys: live } } },
  });
  return members.flatMap(({ role: permission, user, _count }) => {
    const { displayName: name, description, createdAt, disabledAt, trust } = user;
    if (!trust) return [];
    const { policy: trustPolicy, maxSessionSeconds } = trust;
    const arn = roleName(registryId, name);
    const sessions = _count.accessKeys;
    return [{ name, arn, permission, description, trustPolicy, maxSessionSeconds, createdAt, disabledAt, sessions }];
  });
}

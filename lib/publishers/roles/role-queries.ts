import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { roleName } from '#lib/access/resource-names.ts';
import type { Caller, RegistryRole } from '#lib/access/schema.ts';
import { listTrusted } from '#lib/access/trust/list-trusted.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { requireRole } from './role-store.ts';

export type RoleView = {
  name: string;
  arn: string;
  permission: RegistryRole;
  description: string;
  trustPolicy: string;
  /** Whom the trust policy names. */
  trusted: string[];
  maxSessionSeconds: number;
  acceptsTokenLogin: boolean;
  createdAt: Date;
  disabledAt: Date | null;
  /** How many are live. */
  sessions: number;
  /** The last use of a session. Sessions are forgotten a day after they end. */
  lastUsedAt: Date | null;
};

export type RoleSessionView = {
  accessKeyId: string;
  sessionName: string;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  lastUsedAddress: string | null;
  /** Whether it may do less than the role. */
  isNarrowed: boolean;
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
  const lastUse = { orderBy: { lastUsedAt: { sort: 'desc', nulls: 'last' } }, take: 1 } as const;
  const members = await app.db.member.findMany({
    where: { registryKey, user: { kind: 'role' } },
    orderBy: { user: { displayName: 'asc' } },
    include: {
      user: { include: { trust: true } },
      accessKeys: { ...lastUse, select: { lastUsedAt: true } },
      _count: { select: { accessKeys: live } },
    },
  });
  return members.flatMap(({ role: permission, user, accessKeys, _count }) => {
    const { displayName: name, description, createdAt, disabledAt, trust } = user;
    if (!trust) return [];
    const { policy: trustPolicy, maxSessionSeconds, acceptsTokenLogin } = trust;
    const arn = roleName(registryId, name);
    const lastUsedAt = accessKeys[0]?.lastUsedAt ?? null;
    const times = { createdAt, disabledAt, lastUsedAt };
    const sessions = _count.accessKeys;
    const trusted = listTrusted(trustPolicy);
    const settings = { permission, description, trustPolicy, maxSessionSeconds, acceptsTokenLogin };
    return [{ name, arn, ...settings, trusted, sessions, ...times }];
  });
}

/** Lists a role's live sessions, newest first. For those who manage roles. @throws AppError `forbidden`, `not_found` */
export async function listRoleSessions(
  app: { db: Db },
  { limit, ...asked }: { caller: Caller; registryKey: bigint; name: string; limit: number },
): Promise<RoleSessionView[]> {
  const { userId } = await requireRole(app.db, asked);
  const sessions = await app.db.accessKey.findMany({
    where: { registryKey: asked.registryKey, userId, expiresAt: { gt: new Date() } },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit,
  });
  return sessions.flatMap(({ id, sessionName, createdAt, expiresAt, lastUsedAt, lastUsedAddress, sessionPolicy }) => {
    if (expiresAt === null || sessionName === null) return [];
    const isNarrowed = sessionPolicy !== null;
    return [{ accessKeyId: id, sessionName, createdAt, expiresAt, lastUsedAt, lastUsedAddress, isNarrowed }];
  });
}

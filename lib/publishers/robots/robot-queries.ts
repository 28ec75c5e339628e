import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { Caller, RegistryRole } from '#lib/access/schema.ts';
import { toHeldKey, type HeldKey } from '#lib/identity/access-keys/list-access-keys.ts';
import { listAccessTokens, type AccessTokenView } from '#lib/identity/sessions/queries.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { requireRobot } from './robot-store.ts';

export type RobotView = {
  userId: string;
  name: string;
  role: RegistryRole;
  description: string;
  createdAt: Date;
  disabledAt: Date | null;
  /** The last use of any of its credentials. */
  lastUsedAt: Date | null;
  /** Whether its pulls leave the time of an image's last pull as it is. */
  arePullsExcluded: boolean;
};

type AskedRobots = { caller: Caller; registryKey: bigint };

/** Lists a registry's robots by name. For members. @throws AppError `forbidden` */
export async function listRobots(app: { db: Db }, { caller, registryKey }: AskedRobots): Promise<RobotView[]> {
  const membership = await findMembership(app, { principal: caller.principal, registryKey });
  requireAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership });
  const lastUse = { orderBy: { lastUsedAt: { sort: 'desc', nulls: 'last' } }, take: 1 } as const;
  const members = await app.db.member.findMany({
    where: { registryKey, user: { kind: 'robot' } },
    orderBy: { user: { displayName: 'asc' } },
    include: {
      user: { include: { accessTokens: { ...lastUse, select: { lastUsedAt: true } } } },
      accessKeys: { ...lastUse, select: { lastUsedAt: true } },
      pullTimeExclusion: { select: { userId: true } },
    },
  });
  return members.map(({ userId, role, user, accessKeys, pullTimeExclusion }) => ({
    userId,
    name: user.displayName,
    role,
    description: user.description,
    createdAt: user.createdAt,
    disabledAt: user.disabledAt,
    lastUsedAt: latest([...user.accessTokens, ...accessKeys].map(({ lastUsedAt }) => lastUsedAt)),
    arePullsExcluded: pullTimeExclusion !== null,
  }));
}

function latest(dates: (Date | null)[]): Date | null {
  return dates.reduce((last, date) => (last && (!date || date < last) ? last : date), null);
}

export type RobotCredentials = { accessTokens: AccessTokenView[]; accessKeys: HeldKey[] };

/** Lists a robot's live credentials, newest first. For those who manage robots. @throws AppError `forbidden`, `not_found` */
export async function listRobotCredentials(
  app: { db: Db },
  { caller, registryKey, name }: AskedRobots & { name: string },
): Promise<RobotCredentials> {
  const { userId } = await requireRobot(app.db, { caller, registryKey, name });
  const [accessTokens, keys] = await Promise.all([
    listAccessTokens(app, { userId }),
    app.db.accessKey.findMany({ where: { registryKey, userId }, orderBy: { createdAt: 'desc' } }),
  ]);
  return { accessTokens, accessKeys: keys.map(toHeldKey) };
}

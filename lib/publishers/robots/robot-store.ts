// Shared by all changes to a registry's robots.
import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { isRobotName, robotAddress, type Caller, type RegistryRole } from '#lib/access/schema.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';

export type RobotRow = {
  userId: string;
  name: string;
  role: RegistryRole;
  description: string;
  disabledAt: Date | null;
  createdAt: Date;
};

type NamedRobot = { caller: Caller; registryKey: bigint; name: string };

/**
 * Serialises changes to a registry's robots and roles.
 * @throws AppError `unauthenticated` if the caller's credential was revoked while waiting
 */
export async function lockRobots(tx: DbOrTx, { caller, registryKey }: Omit<NamedRobot, 'name'>): Promise<void> {
  await lockRegistry(tx, registryKey);
  if (caller.principal.kind === 'user') await requireLiveCredential(tx, caller.principal);
}

/**
 * Finds a robot that the caller may manage. `toRole`: its role after the change.
 * @throws AppError `forbidden`, `not_found`
 */
export async function requireRobot(
  tx: DbOrTx,
  { caller, registryKey, name, toRole }: NamedRobot & { toRole?: RegistryRole },
): Promise<RobotRow> {
  const robot = await findRobot(tx, { registryKey, name });
  const membership = await findMembership({ db: tx }, { principal: caller.principal, registryKey });
  const facts = { fromRole: robot?.role ?? null, toRole: toRole ?? null };
  requireAllowed({ ...caller, action: 'vitrine:ManageRobots', membership, facts });
  if (!robot) throw new AppError('not_found', 'Robot not found.');
  return robot;
}

async function findRobot(tx: DbOrTx, { registryKey, name }: Omit<NamedRobot, 'caller'>): Promise<RobotRow | null> {
  if (!isRobotName(name)) return null;
  const { registryId } = await getRegistryId(tx, registryKey);
  const user = await tx.user.findUnique({
    where: { email: robotAddress({ registryId, name }), registryKey },
    select: { id: true, description: true, disabledAt: true, createdAt: true, members: { select: { role: true } } },
  });
  const [member] = user?.members ?? [];
  if (!user || !member) return null;
  const { id: userId, description, disabledAt, createdAt } = user;
  return { userId, name, role: member.role, description, disabledAt, createdAt };
}

/** @throws AppError `not_found` */
export async function getRegistryId(tx: DbOrTx, registryKey: bigint): Promise<{ registryId: string }> {
  const registry = await tx.registry.findUnique({ where: { id: registryKey }, select: { registryId: true } });
  if (!registry) throw new AppError('not_found', 'Registry not found.');
  return registry;
}

/** Returns when the caller's credential expires. What it creates doesn't outlive it. */
export function credentialEndOf({ principal }: Caller): Date | null {
  return principal.kind === 'user' ? (principal.credentialExpiresAt ?? null) : null;
}

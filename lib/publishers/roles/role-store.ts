// Shared by all changes to a registry's roles and identity providers.
import { requireAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { isRobotName, roleAddress, type Caller, type RegistryRole } from '#lib/access/schema.ts';
import { requireUnconfined } from '#lib/identity/credentials/require-unconfined.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRobots } from '#lib/publishers/robots/robot-store.ts';

export type RoleRow = {
  userId: string;
  registryKey: bigint;
  /** 12 digits. */
  registryId: string;
  name: string;
  permission: RegistryRole;
  description: string;
  trustPolicy: string;
  maxSessionSeconds: number;
  acceptsTokenLogin: boolean;
  disabledAt: Date | null;
  createdAt: Date;
};

/**
 * Serialises changes to a registry's roles and identity providers. Both lead to credentials, so they take a credential that
 * could create some.
 * @throws AppError `unauthenticated` if the caller's credential was revoked while waiting, `forbidden`
 */
export async function lockRoles(
  tx: DbOrTx,
  { caller, registryKey }: { caller: Caller; registryKey: bigint },
): Promise<void> {
  requireUnconfined(caller.principal);
  await lockRobots(tx, { caller, registryKey });
}

/**
 * Finds a role that the caller may manage. `toPermission`: its permission after the change.
 * @throws AppError `forbidden`, `not_found`
 */
export async function requireRole(
  tx: DbOrTx,
  {
    caller,
    registryKey,
    name,
    toPermission,
  }: { caller: Caller; registryKey: bigint; name: string; toPermission?: RegistryRole | undefined },
): Promise<RoleRow> {
  const membership = await findMembership({ db: tx }, { principal: caller.principal, registryKey });
  const role = membership && (await findRegistryRole(tx, { registryId: membership.registryId, name }));
  const facts = { fromRole: role?.permission ?? null, toRole: toPermission ?? null };
  requireAllowed({ ...caller, action: 'vitrine:ManageRoles', membership, facts });
  if (!role) throw new AppError('not_found', 'Role not found.');
  return role;
}

export async function findRegistryRole(
  tx: DbOrTx,
  { registryId, name }: { registryId: string; name: string },
): Promise<RoleRow | null> {
  if (!isRobotName(name)) return null;
  const user = await tx.user.findUnique({
    where: { email: roleAddress({ registryId, role: name }) },
    include: { trust: true, members: { select: { role: true, registryKey: true } } },
  });
  const [member] = user?.members ?? [];
  if (!user?.trust || !member) return null;
  const { id: userId, description, disabledAt, createdAt, trust } = user;
  return {
    userId,
    registryKey: member.registryKey,
    registryId,
    name,
    permission: member.role,
    description,
    trustPolicy: trust.policy,
    maxSessionSeconds: trust.maxSessionSeconds,
    acceptsTokenLogin: trust.acceptsTokenLogin,
    disabledAt,
    createdAt,
  };
}

/** The issuers that a registry's trust policies may name. */
export async function listIssuers(tx: DbOrTx, registryKey: bigint): Promise<string[]> {
  const providers = await tx.identityProvider.findMany({ where: { registryKey }, select: { issuer: true } });
  return providers.map(({ issuer }) => issuer);
}

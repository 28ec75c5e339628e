// Shared by all changes to a registry's members.
import { findMembershipOf } from '#lib/access/find-membership.sql.ts';
import { z } from 'zod';
import { IS_PERSON } from '#lib/identity/accounts/people.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import type { UserCaller, RegistryRole } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { AppError } from '#lib/platform/errors.ts';

/**
 * Serialises membership changes of a registry, so that two owners can't leave concurrently.
 * @throws AppError `unauthenticated` if the caller's credential was revoked while waiting
 */
export async function lockMembers(tx: DbOrTx, registryKey: bigint, caller: UserCaller): Promise<void> {
  await lockRegistry(tx, registryKey);
  await requireLiveCredential(tx, caller.principal);
}

export type MemberRow = { userId: string; email: string; role: RegistryRole };

/** Finds a person. robots/robot-store.ts finds robots. @throws AppError `not_found` */
export async function getMember(tx: DbOrTx, key: { registryKey: bigint; userId: string }): Promise<MemberRow> {
  const isId = z.uuid().safeParse(key.userId).success;
  const { role = null } = (isId && (await findMembershipOf({ db: tx }, key))) || {};
  const user = role && (await tx.user.findUnique({ where: { id: key.userId, ...IS_PERSON }, select: { email: true } }));
  if (!role || !user) throw new AppError('not_found', 'Member not found.');
  return { userId: key.userId, email: user.email, role };
}

/** Requires another owner to exist. @throws AppError `conflict` */
export async function requireOtherOwner(tx: DbOrTx, registryKey: bigint, userId: string): Promise<void> {
  const others = await tx.member.count({ where: { registryKey, role: 'owner', userId: { not: userId } } });
  if (others === 0)
    throw new AppError('conflict', 'A registry needs at least one owner. Make another member an owner first.');
}

/** Revokes the open invitations of a member whose role changed or who left. */
export async function revokeInvitationsBy(tx: DbOrTx, registryKey: bigint, userId: string): Promise<void> {
  await tx.invitation.updateMany({
    where: { registryKey, invitedById: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

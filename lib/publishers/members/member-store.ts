// What every change of a registry's members has in common.
import { findMembershipOf } from '#lib/access/find-membership.sql.ts';
import { z } from 'zod';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import type { UserCaller, RegistryRole } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { AppError } from '#lib/platform/errors.ts';

/**
 * Changes of one registry's members happen one after the other: two owners who leave at once must not both succeed.
 * @throws AppError `unauthenticated` when the caller's credential has ended while they waited
 */
export async function lockMembers(tx: DbOrTx, registryKey: bigint, caller: UserCaller): Promise<void> {
  await lockRegistry(tx, registryKey);
  await requireLiveCredential(tx, caller.principal);
}

export type MemberRow = { userId: string; email: string; role: RegistryRole };

/** @throws AppError `not_found` */
export async function getMember(tx: DbOrTx, key: { registryKey: bigint; userId: string }): Promise<MemberRow> {
  const isId = z.uuid().safeParse(key.userId).success;
  const { role = null } = (isId && (await findMembershipOf({ db: tx }, key))) || {};
  const user = role && (await tx.user.findUnique({ where: { id: key.userId }, select: { email: true } }));
  if (!role || !user) throw new AppError('not_found', 'There is no such member.');
  return { userId: key.userId, email: user.email, role };
}

/** A registry always has an owner. @throws AppError `conflict` */
export async function requireOtherOwner(tx: DbOrTx, registryKey: bigint, userId: string): Promise<void> {
  const others = await tx.member.count({ where: { registryKey, role: 'owner', userId: { not: userId } } });
  if (others === 0) throw new AppError('conflict', 'A registry has an owner: make somebody else one first.');
}

/** What a member has offered in the registry's name ends with their right to offer it. */
export async function revokeInvitationsBy(tx: DbOrTx, registryKey: bigint, userId: string): Promise<void> {
  await tx.invitation.updateMany({
    where: { registryKey, invitedById: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

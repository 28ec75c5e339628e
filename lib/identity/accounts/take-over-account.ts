import type { AuditCaller } from '#lib/events/audit-row.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { endCredentials } from './end-credentials.ts';
import { endMemberships } from './end-memberships.ts';
import { lockAccount } from './lock-account.ts';
import { isLastAdmin } from './store.ts';

type TakeOver = {
  user: { id: string; email: string; role: string };
  /** Who has proven the address, or the admin who says whose it is. */
  caller: AuditCaller;
};

/**
 * Hands an account whose address was never proven to whoever has just proven it. Whoever held it may have chosen the address to
 * wait for its owner, so nothing they arranged survives: password, other identities, sessions, access tokens, links, memberships,
 * invitations, passwords of mirrors.
 */
export async function takeOverAccount(tx: DbOrTx, { user, caller }: TakeOver): Promise<void> {
  const userId = user.id;
  await lockAccount(tx, userId);
  // Registries before invitations, as everywhere: who accepts one meanwhile waits, and finds it revoked.
  const { kept, left, removed } = await endMemberships(tx, userId);
  await endCredentials(tx, userId);
  await tx.oidcIdentity.deleteMany({ where: { userId } });
  const role = user.role === 'admin' && (await isLastAdmin(tx, userId)) ? 'admin' : 'user';
  await tx.user.update({ where: { id: userId }, data: { passwordHash: null, emailProvenAt: new Date(), role } });
  const after = { registriesKept: kept.length, registriesLeft: left.length, membersRemoved: removed };
  await recordChange(tx, { caller, type: 'user.take-over', resource: { name: user.email }, after });
}

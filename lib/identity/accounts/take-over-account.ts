import type { AuditCaller } from '#lib/events/audit-row.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { endCredentials, endFactors } from './end-credentials.ts';
import { endMemberships } from './end-memberships.ts';
import { lockAccount } from './lock-account.sql.ts';
import { isLastAdmin } from './store.ts';

type TakeOver = {
  user: { id: string; email: string; role: string };
  /** The user who proved the address, or the admin who confirmed it. */
  caller: AuditCaller;
};

/**
 * Hands an account with an unproven address to the user who proved it. The previous holder may have registered the
 * address in bad faith. So the password, second factors, identities, sessions, access tokens, links, memberships,
 * invitations, upstream passwords and the email digest are removed.
 */
export async function takeOverAccount(tx: DbOrTx, { user, caller }: TakeOver): Promise<void> {
  const userId = user.id;
  await lockAccount(tx, userId);
  // Lock order: registries before invitations. A concurrent acceptance waits, then finds the invitation revoked.
  const { kept, left, removed } = await endMemberships(tx, userId);
  await endCredentials(tx, userId);
  await endFactors(tx, userId);
  await tx.oidcIdentity.deleteMany({ where: { userId } });
  await tx.digest.deleteMany({ where: { userId } });
  const role = user.role === 'admin' && (await isLastAdmin(tx, userId)) ? 'admin' : 'user';
  await tx.user.update({ where: { id: userId }, data: { passwordHash: null, emailProvenAt: new Date(), role } });
  const after = { registriesKept: kept.length, registriesLeft: left.length, membersRemoved: removed };
  await recordChange(tx, { caller, type: 'user.take-over', resource: { name: user.email }, after });
}

import type { Db } from '#lib/platform/pg/db.ts';
import { suspendStaffRole } from '#lib/identity/factors/suspend-staff-role.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';

const LAST_SEEN_STEP_MS = 60_000;

/** Loads the user of a session. Returns null if the session has ended or the account is deleted or disabled. */
export async function findSessionUser(
  app: { db: Db },
  { sessionId }: { sessionId: string },
): Promise<UserPrincipal | null> {
  const session = await app.db.session.findFirst({
    where: { id: sessionId, revokedAt: null, user: { disabledAt: null } },
    include: { user: true },
  });
  if (!session) return null;
  // Updated at most once a minute, so that page views don't cause writes.
  if (Date.now() - session.lastSeenAt.getTime() > LAST_SEEN_STEP_MS) {
    await app.db.session.updateMany({ where: { id: sessionId }, data: { lastSeenAt: new Date() } });
  }
  return suspendStaffRole(app, { ...toUserPrincipal(session.user, null), sessionId });
}

import type { Db } from '#lib/platform/pg/db.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';

const LAST_SEEN_STEP_MS = 60_000;

/** The user of a session as they are now; null when it was ended, or the account is gone or disabled. */
export async function findSessionUser(
  app: { db: Db },
  { sessionId }: { sessionId: string },
): Promise<UserPrincipal | null> {
  const session = await app.db.session.findFirst({
    where: { id: sessionId, revokedAt: null, user: { disabledAt: null } },
    include: { user: true },
  });
  if (!session) return null;
  // Good to the minute: a page must not cost a write.
  if (Date.now() - session.lastSeenAt.getTime() > LAST_SEEN_STEP_MS) {
    await app.db.session.updateMany({ where: { id: sessionId }, data: { lastSeenAt: new Date() } });
  }
  return { ...toUserPrincipal(session.user, null), sessionId };
}

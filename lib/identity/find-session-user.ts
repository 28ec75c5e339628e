import type { Db } from '#lib/platform/db.ts';
import type { UserActor } from './schema.ts';
import { toActor } from './store.ts';

/** The user behind a session cookie as they are now; null when the account is gone, disabled or signed out everywhere. */
export async function findSessionUser(
  app: { db: Db },
  { userId, sessionVersion }: { userId: string; sessionVersion: number },
): Promise<UserActor | null> {
  const user = await app.db.user.findFirst({ where: { id: userId, sessionVersion, disabledAt: null } });
  return user ? toActor(user, null) : null;
}

import type { Db } from '#lib/platform/db.ts';
import type { TokenScope, UserActor } from './schema.ts';
import { toActor } from './store.ts';

/** A user as they are now, with the rights of the credential they came with; null when gone or disabled. */
export async function findActiveUser(
  app: { db: Db },
  { userId, scopes }: { userId: string; scopes: TokenScope[] | null },
): Promise<UserActor | null> {
  const user = await app.db.user.findFirst({ where: { id: userId, disabledAt: null } });
  return user ? toActor(user, scopes) : null;
}

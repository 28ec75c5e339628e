import type { Db } from '#lib/platform/db.ts';
import type { UserActor } from './schema.ts';
import { toActor } from './store.ts';

/** The user as the operator acts for them: with all that their account may do. */
export async function findUserByEmail(app: { db: Db }, { email }: { email: string }): Promise<UserActor | null> {
  const user = await app.db.user.findFirst({ where: { email, disabledAt: null } });
  return user ? toActor(user, null) : null;
}

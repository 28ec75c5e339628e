import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';

/** The feed looks at each followed repository and publisher. */
export const MAX_FOLLOWS = 500;

/** @throws AppError `conflict` if the user follows too much already */
export async function requireRoomToFollow(app: { db: DbOrTx }, userId: string): Promise<void> {
  const [repositories, publishers] = await Promise.all([
    app.db.repositoryFollow.count({ where: { userId } }),
    app.db.registryFollow.count({ where: { userId } }),
  ]);
  if (repositories + publishers < MAX_FOLLOWS) return;
  throw new AppError('conflict', `You follow ${MAX_FOLLOWS} repositories and publishers. Unfollow one first.`);
}

import type { Caller } from '#lib/access/schema.ts';
import { deleteRobot } from '#lib/identity/accounts/end-robots.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRobots, requireRobot } from './robot-store.ts';

/** Removes a robot with its access tokens and access keys, which end at once. @throws AppError `forbidden`, `not_found` */
export async function removeRobot(
  app: { db: Db },
  { caller, registryKey, name }: { caller: Caller; registryKey: bigint; name: string },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockRobots(tx, { caller, registryKey });
    const { userId, role } = await requireRobot(tx, { caller, registryKey, name });
    await deleteRobot(tx, { caller, registryKey, userId, name, role });
  });
}

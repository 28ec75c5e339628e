import type { Caller } from '#lib/access/schema.ts';
import { revokeTokenOf } from '#lib/identity/credentials/revoke-access-token.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRobots, requireRobot } from './robot-store.ts';

/** Revokes an access token of a robot. Takes effect at once. @throws AppError `forbidden`, `not_found` */
export async function revokeRobotToken(
  app: { db: Db },
  { caller, registryKey, name, id }: { caller: Caller; registryKey: bigint; name: string; id: string },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockRobots(tx, { caller, registryKey });
    const { userId } = await requireRobot(tx, { caller, registryKey, name });
    await revokeTokenOf(tx, { caller, id, holder: { userId, robot: { name, registryKey } } });
  });
}

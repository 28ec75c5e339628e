import type { Caller } from '#lib/access/schema.ts';
import { insertAccessKey, type CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import { requireUnconfined } from '#lib/identity/credentials/require-unconfined.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { credentialEndOf, getRegistryId, lockRobots, requireRobot } from './robot-store.ts';

/**
 * Creates an access key of a robot. It expires with the credential that creates it.
 * @throws AppError `forbidden`, `not_found`, `conflict` if the robot has as many keys as it may
 */
export async function createRobotKey(
  app: { db: Db; masterKeys: MasterKeys },
  { caller, registryKey, name }: { caller: Caller; registryKey: bigint; name: string },
): Promise<CreatedAccessKey> {
  return app.db.$transaction(async (tx) => {
    await lockRobots(tx, { caller, registryKey });
    const { userId } = await requireRobot(tx, { caller, registryKey, name });
    requireUnconfined(caller.principal);
    const { registryId } = await getRegistryId(tx, registryKey);
    const holder = { userId, registryKey, registryId, robot: name };
    return insertAccessKey(app, tx, { caller, holder, expiresAt: credentialEndOf(caller) });
  });
}

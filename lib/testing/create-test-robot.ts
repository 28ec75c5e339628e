import { randomUUID } from 'node:crypto';
import type { UserCaller } from '#lib/access/schema.ts';
import type { CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createRobot } from '#lib/publishers/robots/create-robot.ts';
import { createRobotKey } from '#lib/publishers/robots/create-robot-key.ts';
import { createRobotToken } from '#lib/publishers/robots/create-robot-token.ts';
import type { RobotRole } from '#lib/publishers/robots/schema.ts';
import type { TestApp, TestUser } from './create-test-app.ts';

export type TestRobot = {
  registryKey: bigint;
  registryId: string;
  name: string;
  userId: string;
  /** May pull, push, delete and call the REST API. */
  token: string;
  key: CreatedAccessKey;
};

/** Creates a robot with a token and a key in a registry of the user's, by default their own. */
export async function createTestRobot(
  { app }: Pick<TestApp, 'app'>,
  { caller }: Pick<TestUser, 'caller'>,
  { role = 'pusher', registryKey: asked }: { role?: RobotRole; registryKey?: bigint } = {},
): Promise<TestRobot> {
  const registryKey = asked ?? (await ensureRegistry(app, { caller }));
  const name = `robot-${randomUUID().slice(0, 8)}`;
  const { registryId } = await createRobot(app, { caller, registryKey, name, role, description: 'For a test.' });
  const scopes = ['pull', 'push', 'delete', 'api:write'];
  const asks: { caller: UserCaller; registryKey: bigint; name: string } = { caller, registryKey, name };
  const { secret } = await createRobotToken(app, { ...asks, tokenName: 'test', scopes, expiresInDays: 1 });
  const key = await createRobotKey(app, asks);
  const { id: userId } = await app.db.user.findFirstOrThrow({ where: { registryKey, displayName: name } });
  return { registryKey, registryId, name, userId, token: secret, key };
}

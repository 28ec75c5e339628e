import type { Caller } from '#lib/access/schema.ts';
import { insertAccessToken, type CreatedAccessToken } from '#lib/identity/credentials/insert-access-token.ts';
import { requireUnconfined } from '#lib/identity/credentials/require-unconfined.ts';
import { accessTokenSchema } from '#lib/identity/schema.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { credentialEndOf, lockRobots, requireRobot } from './robot-store.ts';

export type CreateRobotTokenInput = {
  caller: Caller;
  registryKey: bigint;
  /** The robot's. */
  name: string;
  tokenName: string;
  scopes: string[];
  /** Null if the token doesn't expire. */
  expiresInDays: number | null;
};

/**
 * Creates an access token of a robot. It expires with the credential that creates it, if not sooner.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`, `conflict` if the robot has too many tokens
 */
export async function createRobotToken(app: { db: Db }, input: CreateRobotTokenInput): Promise<CreatedAccessToken> {
  const { caller, registryKey, name, tokenName, scopes, expiresInDays } = input;
  const token = parseInput(accessTokenSchema, { name: tokenName, scopes, expiresInDays });
  return app.db.$transaction(async (tx) => {
    await lockRobots(tx, { caller, registryKey });
    const { userId } = await requireRobot(tx, { caller, registryKey, name });
    requireUnconfined(caller.principal);
    const holder = { userId, robot: { name, registryKey } };
    return insertAccessToken(tx, { caller, token, holder, credentialEnd: credentialEndOf(caller) });
  });
}

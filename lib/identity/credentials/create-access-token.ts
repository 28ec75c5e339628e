import { requireAllowed } from '#lib/access/authorize.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { accessTokenSchema } from '#lib/identity/schema.ts';
import { insertAccessToken, type CreatedAccessToken } from './insert-access-token.ts';

export type CreateAccessTokenInput = {
  caller: UserCaller;
  name: string;
  scopes: string[];
  /** Null if the token doesn't expire. */
  expiresInDays: number | null;
};

/** @throws AppError `invalid_input`, `forbidden`, `conflict` if the user has too many tokens */
export async function createAccessToken(app: { db: Db }, input: CreateAccessTokenInput): Promise<CreatedAccessToken> {
  const { caller } = input;
  requireAllowed({ ...caller, action: 'vitrine:ManageAccessTokens' });
  const token = parseInput(accessTokenSchema, input);
  const { userId } = caller.principal;
  return app.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    await requireLiveCredential(tx, caller.principal);
    return insertAccessToken(tx, { caller, token, holder: { userId }, credentialEnd: null });
  });
}

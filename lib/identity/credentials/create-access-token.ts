import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockAccount } from '#lib/identity/accounts/lock-account.sql.ts';
import { requireLiveCredential } from '#lib/identity/accounts/lock-account.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { accessTokenSchema } from '#lib/identity/schema.ts';
import { createAccessTokenSecret, hashSecret } from './secrets.ts';
import { normaliseTokenScopes } from '#lib/access/token-scope.ts';

const HINT_LENGTH = 8;
const MAX_LIVE_TOKENS = 100;

export type CreateAccessTokenInput = {
  caller: UserCaller;
  name: string;
  scopes: string[];
  /** Null if the token doesn't expire. */
  expiresInDays: number | null;
};

export type CreatedAccessToken = {
  id: string;
  name: string;
  /** Shown only once. The database stores its hash. */
  secret: string;
  scopes: string[];
  expiresAt: Date | null;
};

/** @throws AppError `invalid_input`, `forbidden`, `conflict` if the user has too many tokens */
export async function createAccessToken(app: { db: Db }, input: CreateAccessTokenInput): Promise<CreatedAccessToken> {
  const { caller } = input;
  requireAllowed({ ...caller, action: 'vitrine:ManageAccessTokens' });
  const { name, scopes: scopeTexts, expiresInDays } = parseInput(accessTokenSchema, input);
  const scopes = normaliseTokenScopes(scopeTexts);
  const secret = createAccessTokenSecret();
  const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * 86_400_000);
  const { userId } = caller.principal;
  return app.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    await requireLiveCredential(tx, caller.principal);
    if ((await tx.accessToken.count({ where: { userId, revokedAt: null } })) >= MAX_LIVE_TOKENS) {
      throw new AppError('conflict', `You've reached the limit of ${MAX_LIVE_TOKENS} access tokens. Revoke one first.`);
    }
    const hint = secret.slice(0, HINT_LENGTH);
    const { id } = await tx.accessToken.create({
      data: { userId, name, hint, secretHash: hashSecret(secret), scopes, expiresAt },
    });
    const after = { scopes, expiresAt: expiresAt?.toISOString() ?? null };
    await recordChange(tx, { caller, type: 'access-token.create', resource: { name }, after });
    return { id, name, secret, scopes, expiresAt };
  });
}

import type { z } from 'zod';
import type { Caller } from '#lib/access/schema.ts';
import { normaliseTokenScopes } from '#lib/access/token-scope.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { accessTokenSchema } from '#lib/identity/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { createAccessTokenSecret, hashSecret } from './secrets.ts';

const HINT_LENGTH = 8;
const MAX_LIVE_TOKENS = 100;

export type CreatedAccessToken = {
  id: string;
  name: string;
  /** Shown only once. The database stores its hash. */
  secret: string;
  scopes: string[];
  expiresAt: Date | null;
};

/** Whose token it is. */
export type TokenOwner = {
  userId: string;
  /** Set if it is a robot. */
  robot?: { name: string; registryKey: bigint };
};

type NewToken = {
  caller: Caller;
  token: z.output<typeof accessTokenSchema>;
  holder: TokenOwner;
  /** When the credential that creates it expires, or null. The token doesn't outlive it. */
  credentialEnd: Date | null;
};

/**
 * Creates a token. The caller holds a lock on its holder.
 * @throws AppError `invalid_input` for a scope, `conflict` if the holder has too many tokens
 */
export async function insertAccessToken(
  tx: DbOrTx,
  { caller, token, holder: { userId, robot }, credentialEnd }: NewToken,
): Promise<CreatedAccessToken> {
  const { name, expiresInDays } = token;
  const scopes = normaliseTokenScopes(token.scopes);
  const ownEnd = expiresInDays === null ? Infinity : Date.now() + expiresInDays * 86_400_000;
  const endMs = Math.min(ownEnd, credentialEnd?.getTime() ?? Infinity);
  const expiresAt = endMs === Infinity ? null : new Date(endMs);
  if ((await tx.accessToken.count({ where: { userId, revokedAt: null } })) >= MAX_LIVE_TOKENS) {
    const whose = robot ? `The robot ${robot.name} has` : "You've";
    throw new AppError('conflict', `${whose} reached the limit of ${MAX_LIVE_TOKENS} access tokens. Revoke one first.`);
  }
  const secret = createAccessTokenSecret();
  const hint = secret.slice(0, HINT_LENGTH);
  const { id } = await tx.accessToken.create({
    data: { userId, name, hint, secretHash: hashSecret(secret), scopes, expiresAt },
  });
  await recordChange(tx, {
    caller,
    ...(robot && { registryKey: robot.registryKey }),
    type: 'access-token.create',
    resource: { name },
    after: { scopes, expiresAt: expiresAt?.toISOString() ?? null, ...(robot && { robot: robot.name }) },
  });
  return { id, name, secret, scopes, expiresAt };
}

import type pg from 'pg';
import type { TokenScope, UserPrincipal } from '#lib/access/schema.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { parseTokenScopes } from '#lib/access/token-scope.ts';
import { findHolderRow } from './find-token-holder.sql.ts';

export type TokenHolder = {
  principal: UserPrincipal;
  /** False if the underlying access token was revoked or has expired. */
  isTokenLive: boolean;
};

/**
 * Loads the user of a bearer token with one prepared statement. Returns null if the user is deleted or disabled.
 * `scopes` only apply if the bearer token wasn't issued for an access token, whose scopes come from its row.
 */
export async function findTokenHolder(
  app: { pool: Pick<pg.Pool, 'query'> },
  { userId, accessTokenId, scopes }: { userId: string; accessTokenId: string | null; scopes: TokenScope[] | null },
): Promise<TokenHolder | null> {
  const row = await findHolderRow(app.pool, { userId, accessTokenId });
  if (!row) return null;
  if (accessTokenId === null) return { principal: toUserPrincipal(row, scopes), isTokenLive: true };
  if (!row.isTokenLive) return { principal: toUserPrincipal(row, []), isTokenLive: false };
  const { repositories } = parseTokenScopes(row.tokenScopes);
  const principal = { ...toUserPrincipal(row, repositories), accessTokenId, credentialExpiresAt: row.tokenExpiresAt };
  return { principal, isTokenLive: true };
}

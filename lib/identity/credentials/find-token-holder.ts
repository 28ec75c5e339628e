import type pg from 'pg';
import type { SiteRole, TokenScope, UserPrincipal } from '#lib/access/schema.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { parseTokenScopes } from '#lib/access/token-scope.ts';

type Row = { id: string; email: string; displayName: string; role: SiteRole } & (
  | { isTokenLive: true; tokenScopes: string[]; tokenExpiresAt: Date | null }
  | { isTokenLive: false; tokenScopes: null; tokenExpiresAt: null }
);

const FIND_HOLDER = `
  SELECT u.id, u.email, u.display_name AS "displayName", u.role,
         t.id IS NOT NULL AS "isTokenLive", t.scopes AS "tokenScopes", t.expires_at AS "tokenExpiresAt"
    FROM users u
    LEFT JOIN access_tokens t
      ON t.id = $2::uuid AND t.user_id = u.id AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
   WHERE u.id = $1 AND u.disabled_at IS NULL`;

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
  const { rows } = await app.pool.query<Row>({
    name: 'find-token-holder',
    text: FIND_HOLDER,
    values: [userId, accessTokenId],
  });
  const [row] = rows;
  if (!row) return null;
  if (accessTokenId === null) return { principal: toUserPrincipal(row, scopes), isTokenLive: true };
  if (!row.isTokenLive) return { principal: toUserPrincipal(row, []), isTokenLive: false };
  const { repositories } = parseTokenScopes(row.tokenScopes);
  const principal = { ...toUserPrincipal(row, repositories), accessTokenId, credentialExpiresAt: row.tokenExpiresAt };
  return { principal, isTokenLive: true };
}

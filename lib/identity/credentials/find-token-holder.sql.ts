import type pg from 'pg';
import type { SiteRole } from '#lib/access/schema.ts';

export type HolderRow = { holderId: string; email: string; displayName: string; siteRole: SiteRole } & (
  | { isTokenLive: true; tokenScopes: string[]; tokenExpiresAt: Date | null }
  | { isTokenLive: false; tokenScopes: null; tokenExpiresAt: null }
);

/** Returns a query for a HolderRow, for use alone or in another statement. The arguments are parameters such as `$1`. */
export function holderQuery(userId: string, accessTokenId: string): string {
  return `
  SELECT u.id AS "holderId", u.email, u.display_name AS "displayName", u.role AS "siteRole",
         t.id IS NOT NULL AS "isTokenLive", t.scopes AS "tokenScopes", t.expires_at AS "tokenExpiresAt"
    FROM users u
    LEFT JOIN access_tokens t
      ON t.id = ${accessTokenId}::uuid AND t.user_id = u.id AND t.revoked_at IS NULL
     AND (t.expires_at IS NULL OR t.expires_at > now())
   WHERE u.id = ${userId}::uuid AND u.disabled_at IS NULL`;
}

/** Finds an enabled user, and their access token if it is valid. */
export async function findHolderRow(
  pool: Pick<pg.Pool, 'query'>,
  { userId, accessTokenId }: { userId: string; accessTokenId: string | null },
): Promise<HolderRow | null> {
  const values = [userId, accessTokenId];
  const { rows } = await pool.query<HolderRow>({ name: 'find-token-holder', text: holderQuery('$1', '$2'), values });
  return rows[0] ?? null;
}

import type pg from 'pg';
import type { SiteRole } from '#lib/access/schema.ts';

export type HolderRow = { id: string; email: string; displayName: string; role: SiteRole } & (
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

/** Finds an enabled user, and their access token if it is valid. */
export async function findHolderRow(
  pool: Pick<pg.Pool, 'query'>,
  { userId, accessTokenId }: { userId: string; accessTokenId: string | null },
): Promise<HolderRow | null> {
  const values = [userId, accessTokenId];
  const { rows } = await pool.query<HolderRow>({ name: 'find-token-holder', text: FIND_HOLDER, values });
  return rows[0] ?? null;
}

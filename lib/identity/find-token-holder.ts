import type pg from 'pg';
import type { SiteRole, TokenScope, UserActor } from './schema.ts';
import { toActor } from './store.ts';

type Row = { id: string; email: string; displayName: string; role: SiteRole; isTokenLive: boolean };

const FIND_HOLDER = `
  SELECT u.id, u.email, u.display_name AS "displayName", u.role,
         $2::uuid IS NULL OR EXISTS (
           SELECT FROM access_tokens t
            WHERE t.id = $2 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())) AS "isTokenLive"
    FROM users u WHERE u.id = $1 AND u.disabled_at IS NULL`;

export type TokenHolder = {
  actor: UserActor;
  /** False: the access token behind it was revoked, or has expired. */
  isTokenLive: boolean;
};

/** Whose bearer token it is, as the rows are now, in one prepared statement; null when gone or disabled. */
export async function findTokenHolder(
  app: { pool: Pick<pg.Pool, 'query'> },
  { userId, accessTokenId, scopes }: { userId: string; accessTokenId: string | null; scopes: TokenScope[] | null },
): Promise<TokenHolder | null> {
  const { rows } = await app.pool.query<Row>({
    ...{ name: 'find-token-holder', text: FIND_HOLDER, values: [userId, accessTokenId] },
  });
  const [row] = rows;
  return row ? { actor: toActor(row, scopes), isTokenLive: row.isTokenLive } : null;
}

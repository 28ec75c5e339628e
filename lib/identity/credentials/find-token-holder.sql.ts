import type { TagValues } from '#lib/access/tags/schema.ts';
import type pg from 'pg';
import { policiesOf } from '#lib/access/find-membership.sql.ts';
import type { RegistryRole, SiteRole } from '#lib/access/schema.ts';
import type { SessionColumns } from '#lib/identity/accounts/store.ts';

export type HolderRow = {
  holderId: string;
  email: string;
  displayName: string;
  siteRole: SiteRole;
  /** Null unless the access token is valid. */
  tokenScopes: string[] | null;
  tokenExpiresAt: Date | null;
  /** The access key's registry, 12 digits. Null unless the key is valid. */
  keyRegistryId: string | null;
  /** The role of the key's member. */
  keyRole: RegistryRole | null;
  /** Those of the key's member. */
  keyPolicies: string | null;
  keyTags: TagValues | null;
  keyExpiresAt: Date | null;
} & SessionColumns;

/** The credentials that a bearer token was issued for. */
export type HeldCredential = { userId: string; accessTokenId: string | null; accessKeyId: string | null };

/** Returns a query for a HolderRow, for use alone or in another statement. The arguments are parameters such as `$1`. */
export function holderQuery(userId: string, accessTokenId: string, accessKeyId: string): string {
  return `
  SELECT u.id AS "holderId", u.email, u.display_name AS "displayName", u.role AS "siteRole",
         t.scopes AS "tokenScopes", t.expires_at AS "tokenExpiresAt",
         g.registry_id AS "keyRegistryId", km.role AS "keyRole", ${policiesOf('km')} AS "keyPolicies", km.tags AS "keyTags", k.expires_at AS "keyExpiresAt",
         k.session_name AS "sessionName", k.session_policy AS "sessionPolicy",
         k.session_claims AS "sessionClaims", k.created_at AS "keyCreatedAt"
    FROM users u
    LEFT JOIN access_tokens t
      ON t.id = ${accessTokenId}::uuid AND t.user_id = u.id AND t.revoked_at IS NULL
     AND (t.expires_at IS NULL OR t.expires_at > now())
    LEFT JOIN access_keys k
      ON k.id = ${accessKeyId} AND k.user_id = u.id AND k.disabled_at IS NULL
     AND (k.expires_at IS NULL OR k.expires_at > now())
    LEFT JOIN registries g ON g.id = k.registry_id
    LEFT JOIN members km ON km.registry_id = k.registry_id AND km.user_id = k.user_id
   WHERE u.id = ${userId}::uuid AND u.disabled_at IS NULL`;
}

/** Finds an enabled user, and their access token or access key if it is valid. */
export async function findHolderRow(
  pool: Pick<pg.Pool, 'query'>,
  { userId, accessTokenId, accessKeyId }: HeldCredential,
): Promise<HolderRow | null> {
  const text = holderQuery('$1', '$2', '$3');
  const values = [userId, accessTokenId, accessKeyId];
  const { rows } = await pool.query<HolderRow>({ name: 'find-token-holder', text, values });
  return rows[0] ?? null;
}

import type pg from 'pg';
import { findIdentityPolicies, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { TokenScope, UserPrincipal } from '#lib/access/schema.ts';
import { toKeyPrincipal, toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { parseTokenScopes } from '#lib/access/token-scope.ts';
import { findHolderRow, type HeldCredential, type HolderRow } from './find-token-holder.sql.ts';

export type TokenHolder = {
  principal: UserPrincipal;
  /** False if the underlying access token or access key was revoked or has expired. */
  isTokenLive: boolean;
};

type HeldToken = HeldCredential & {
  issuedAt: Date;
  /** Apply only if the bearer token wasn't issued for an access token, whose scopes come from its row. */
  scopes: TokenScope[] | null;
};

/** Loads the user of a bearer token. Returns null if the user is deleted or disabled. */
export async function findTokenHolder(
  app: { pool: Pick<pg.Pool, 'query'>; policies?: PolicyCache | undefined },
  token: HeldToken,
): Promise<TokenHolder | null> {
  const row = await findHolderRow(app.pool, token);
  return row && toTokenHolder(app, row, token);
}

export function toTokenHolder(
  app: { policies?: PolicyCache | undefined },
  row: HolderRow,
  { accessTokenId, accessKeyId, scopes, ...token }: Omit<HeldToken, 'userId'>,
): TokenHolder {
  const { holderId: id, email, displayName, siteRole: role, tokenScopes, keyRegistryId, keyRole } = row;
  const user = { id, email, displayName, role };
  if (accessKeyId !== null) {
    if (keyRegistryId === null || keyRole === null) return { principal: toUserPrincipal(user, []), isTokenLive: false };
    const policies = findIdentityPolicies(app, row.keyPolicies);
    const accessKey = { id: accessKeyId, registryId: keyRegistryId, role: keyRole, policies, tags: row.keyTags };
    const principal = toKeyPrincipal(user, accessKey, row);
    // A token of a key is issued for a login that the key issued.
    const { issuedAt = token.issuedAt } = principal;
    return { principal: { ...principal, credentialExpiresAt: row.keyExpiresAt, issuedAt }, isTokenLive: true };
  }
  if (accessTokenId === null) return { principal: toUserPrincipal(user, scopes), isTokenLive: true };
  if (tokenScopes === null) return { principal: toUserPrincipal(user, []), isTokenLive: false };
  const { repositories } = parseTokenScopes(tokenScopes);
  const principal = { ...toUserPrincipal(user, repositories), accessTokenId, credentialExpiresAt: row.tokenExpiresAt };
  return { principal, isTokenLive: true };
}

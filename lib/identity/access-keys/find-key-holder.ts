import type pg from 'pg';
import { findIdentityPolicies, type PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { toRegistryPolicy } from '#lib/access/find-membership.sql.ts';
import type { Membership, UserPrincipal } from '#lib/access/schema.ts';
import { toKeyPrincipal } from '#lib/identity/accounts/store.ts';
import { findKeyHolderRow, saveKeyUse } from './find-key-holder.sql.ts';

/** A valid access key or session of a role, its member and its registry. */
export type KeyHolder = {
  accessKeyId: string;
  keyVersion: number;
  lastUsedAt: Date | null;
  principal: UserPrincipal;
  registryKey: bigint;
  membership: Membership;
  /** The alias of the registry's addresses. */
  alias: string;
};

const LAST_USED_STEP_MS = 60_000;

/** How a key was used. */
export type KeyUse = { service: string; address: string | null };

/**
 * Finds a long-lived key in one prepared statement. Null if it is unknown, disabled or expired, or its account is
 * disabled.
 */
export async function findKeyHolder(
  app: { pool: Pick<pg.Pool, 'query'>; policies?: PolicyCache | undefined },
  accessKeyId: string,
): Promise<KeyHolder | null> {
  const row = await findKeyHolderRow(app.pool, accessKeyId);
  if (!row) return null;
  const { registryId, role, tags } = row;
  const policies = findIdentityPolicies(app, row.policies);
  return {
    accessKeyId,
    keyVersion: row.keyVersion,
    lastUsedAt: row.lastUsedAt,
    principal: {
      ...toKeyPrincipal({ ...row, role: 'user' }, { id: accessKeyId, registryId, role, policies, tags }, row),
      credentialExpiresAt: row.expiresAt,
    },
    registryKey: BigInt(row.registryKey),
    membership: { registryId, role, policies, tags, ...toRegistryPolicy(app, row) },
    alias: row.alias ?? registryId,
  };
}

/** Records when a key was last used, at most once a minute, so that busy clients don't cause a write per request. */
export async function noteKeyUse(
  app: { pool: Pick<pg.Pool, 'query'> },
  { accessKeyId, lastUsedAt }: Pick<KeyHolder, 'accessKeyId' | 'lastUsedAt'>,
  use: KeyUse,
): Promise<void> {
  if (lastUsedAt && Date.now() - lastUsedAt.getTime() < LAST_USED_STEP_MS) return;
  await saveKeyUse(app.pool, { accessKeyId, ...use });
}

import type { TagValues } from '#lib/access/tags/schema.ts';
import type pg from 'pg';
import type { RegistryRole } from '#lib/access/schema.ts';
import { policiesOf, REGISTRY_POLICY_COLUMNS, type RegistryPolicyColumns } from '#lib/access/find-membership.sql.ts';
import type { SessionColumns } from '#lib/identity/accounts/store.ts';

export type KeyHolderRow = {
  id: string;
  email: string;
  displayName: string;
  keyVersion: number;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  /** An integer. */
  registryKey: string;
  registryId: string;
  role: RegistryRole;
  policies: string | null;
  tags: TagValues | null;
  alias: string | null;
} & RegistryPolicyColumns &
  SessionColumns;

const FIND_KEY_HOLDER = `
  SELECT u.id, u.email, u.display_name AS "displayName", k.key_version AS "keyVersion", k.expires_at AS "expiresAt",
         k.last_used_at AS "lastUsedAt",
         g.id AS "registryKey", g.registry_id AS "registryId", m.role, ${policiesOf('m')} AS policies, m.tags, ${REGISTRY_POLICY_COLUMNS}, a.name AS alias,
         k.session_name AS "sessionName", k.session_policy AS "sessionPolicy",
         k.session_claims AS "sessionClaims", k.created_at AS "keyCreatedAt"
    FROM access_keys k
    JOIN members m ON m.registry_id = k.registry_id AND m.user_id = k.user_id
    JOIN users u ON u.id = k.user_id AND u.disabled_at IS NULL
    JOIN registries g ON g.id = k.registry_id
    LEFT JOIN aliases a ON a.id = g.primary_alias_id
   WHERE k.id = $1 AND k.disabled_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`;

export async function findKeyHolderRow(
  pool: Pick<pg.Pool, 'query'>,
  accessKeyId: string,
): Promise<KeyHolderRow | null> {
  const { rows } = await pool.query<KeyHolderRow>({
    name: 'find-key-holder',
    text: FIND_KEY_HOLDER,
    values: [accessKeyId],
  });
  return rows[0] ?? null;
}

export async function saveKeyUse(
  pool: Pick<pg.Pool, 'query'>,
  { accessKeyId, service, address }: { accessKeyId: string; service: string; address: string | null },
): Promise<void> {
  await pool.query({
    name: 'save-key-use',
    text: `UPDATE access_keys SET last_used_at = now(), last_used_service = $2, last_used_address = $3 WHERE id = $1`,
    values: [accessKeyId, service, address],
  });
}

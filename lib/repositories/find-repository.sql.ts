// Prepared statements by which each request of a pull or push starts.
import type pg from 'pg';
import { homeQuery, policiesOf, REGISTRY_POLICY_COLUMNS, type MemberColumns } from '#lib/access/find-membership.sql.ts';
import type { RegistryRole } from '#lib/access/schema.ts';
import type { TagValues } from '#lib/access/tags/schema.ts';
import type { Visibility } from './schema.ts';

/** Ids are integers. */
export type PulledRow = {
  id: string;
  registry_id: string;
  visibility: Visibility;
  version: number;
  created_at: Date;
  key_scope: string;
  quarantine_reason: string | null;
  upstream_id: string | null;
  upstream_name: string | null;
  policy: string | null;
  resource_tag_values: TagValues | null;
};

export const PULLED_COLUMNS =
  'r.id, r.registry_id, r.visibility, r.version, r.created_at, r.key_scope, r.quarantine_reason, r.upstream_id, r.upstream_name, r.policy, r.resource_tag_values';

const FIND_PULLED = `
  SELECT ${PULLED_COLUMNS} FROM aliases a JOIN repositories r ON r.registry_id = a.registry_id AND r.name = $2
   WHERE a.name = $1 AND a.status = 'active'`;

export async function findPulledRow(
  pool: pg.Pool,
  { alias, name }: { alias: string; name: string },
): Promise<PulledRow | null> {
  const values = [alias, name];
  const { rows } = await pool.query<PulledRow>({ name: 'find-pulled-repository', text: FIND_PULLED, values });
  return rows[0] ?? null;
}

export type OwnerRow = MemberColumns & {
  role: RegistryRole | null;
  owner_id: string;
  owner_digits: string;
  quota_bytes: string | null;
  push_visibility: Visibility;
};

/** Of its registry `g` and member `m`. */
export const OWNER_COLUMNS = `${REGISTRY_POLICY_COLUMNS}, g.push_visibility, m.role, ${policiesOf('m')} AS policies, m.tags, g.id AS owner_id, g.registry_id AS owner_digits, g.quota_bytes`;

export const HOME_COLUMNS = 'home.home_id, home.home_role, home.home_policies, home.home_tags';

/** Only policies ask where a user who isn't a member is at home. `$3` is the user's id. */
export const JOIN_HOME = `LEFT JOIN LATERAL (${homeQuery('$3', 'm.role IS NULL AND (r.policy IS NOT NULL OR g.policy IS NOT NULL)')}) AS home ON true`;

/** The repository's columns are null when the alias has no such repository. */
export type RowForUser = { [Column in keyof PulledRow]: PulledRow[Column] | null } & OwnerRow & {
    /** Set if the name is a former one and free. */
    former_id: string | null;
  };

/** `$1` is the alias, `$2` the repository's name, `$3` the user's id. */
export const FIND_FOR_USER = `
  SELECT ${PULLED_COLUMNS}, ${OWNER_COLUMNS}, f.repository_id AS former_id,
         ${HOME_COLUMNS}
    FROM aliases a
    JOIN registries g ON g.id = a.registry_id
    LEFT JOIN repositories r ON r.registry_id = a.registry_id AND r.name = $2
    LEFT JOIN former_names f ON r.id IS NULL AND f.registry_id = a.registry_id AND f.name = $2
    LEFT JOIN members m ON m.registry_id = a.registry_id AND m.user_id = $3
    ${JOIN_HOME}
   WHERE a.name = $1 AND a.status = 'active'`;

export async function findRowFor(
  pool: Pick<pg.Pool, 'query'>,
  { alias, name, userId }: { alias: string; name: string; userId: string | null },
): Promise<RowForUser | null> {
  const values = [alias, name, userId];
  const { rows } = await pool.query<RowForUser>({ name: 'find-repository-for', text: FIND_FOR_USER, values });
  return rows[0] ?? null;
}

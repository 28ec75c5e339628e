import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { findIdentityPolicies, findRegistryPolicy, type PolicyCache } from './attached/attached-policy.ts';
import type { TagValues } from './tags/schema.ts';
import type { RegistryPolicyScope } from './attached/schema.ts';
import type { Membership, RegistryRole } from './schema.ts';

export type MemberColumns = {
  /** The member's policies (policiesOf). */
  policies: string | null;
  home_id: string | null;
  home_role: RegistryRole | null;
  home_policies: string | null;
  tags: TagValues | null;
  home_tags: TagValues | null;
} & RegistryPolicyColumns;

export type RegistryPolicyColumns = { registry_policy: string | null; policy_scope: RegistryPolicyScope };

/** `g` is the registry. */
export const REGISTRY_POLICY_COLUMNS = 'g.policy AS registry_policy, g.policy_scope';

export function toRegistryPolicy(
  app: { policies?: PolicyCache | undefined },
  { registry_policy: policy, policy_scope: policyScope }: RegistryPolicyColumns,
): Pick<Membership, 'registryPolicy'> {
  return policy === null ? {} : { registryPolicy: findRegistryPolicy(app, { policy, policyScope }) };
}

/** Returns an expression for all policies in a member's row, as joinPolicies joins them. */
export function policiesOf(member: string): string {
  return `nullif(concat_ws(E'\\n', ${member}.policies, ${member}.attached_policies), '')`;
}

/**
 * Returns a query for the default registry of a user, as in lib/publishers/default-first.ts.
 * @param userId a parameter such as `$1`
 * @param condition whether it matters
 */
export function homeQuery(userId: string, condition: string): string {
  return `
    SELECT hg.registry_id AS home_id, h.role AS home_role, ${policiesOf('h')} AS home_policies, h.tags AS home_tags FROM members h JOIN registries hg ON hg.id = h.registry_id
     WHERE h.user_id = ${userId}::uuid AND ${condition}
     ORDER BY h.is_default DESC, h.created_at, h.registry_id LIMIT 1`;
}

/** @param row what was found where `condition` held */
export function toMembership(
  app: { policies?: PolicyCache | undefined },
  { registryId, role }: Pick<Membership, 'registryId' | 'role'>,
  { policies, tags, home_id: homeId, home_role: homeRole, home_policies: homePolicies, ...row }: MemberColumns,
): Membership {
  const membership = { registryId, role, ...toRegistryPolicy(app, row) };
  if (role !== null) return { ...membership, policies: findIdentityPolicies(app, policies), tags };
  if (homeId === null || homeRole === null) return { ...membership, home: null };
  const ofHome = { policies: findIdentityPolicies(app, homePolicies), tags: row.home_tags };
  const home = { registryId: homeId, role: homeRole, ...ofHome };
  return { ...membership, home };
}

const FIND_MEMBERSHIP = `
  SELECT g.registry_id AS "registryId", ${REGISTRY_POLICY_COLUMNS}, m.role, ${policiesOf('m')} AS policies, m.tags, home.* FROM registries g
    LEFT JOIN members m ON m.registry_id = g.id AND m.user_id = $1::uuid
    LEFT JOIN LATERAL (${homeQuery('$1', 'm.role IS NULL')}) AS home ON true
   WHERE g.id = $2`;

/** Finds a given user's membership in a registry. */
export async function findMembershipOf(
  app: { db: DbOrTx; policies?: PolicyCache | undefined },
  { userId, registryKey }: { userId: string; registryKey: bigint },
): Promise<Membership | null> {
  // A single query, because every decision about a registry starts with it.
  const rows = await app.db.$queryRawUnsafe<(Pick<Membership, 'registryId' | 'role'> & MemberColumns)[]>(
    FIND_MEMBERSHIP,
    userId,
    registryKey,
  );
  const [row] = rows;
  return row ? toMembership(app, row, row) : null;
}

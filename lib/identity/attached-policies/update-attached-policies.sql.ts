import type { DbOrTx } from '#lib/platform/pg/db.ts';

/** Leaves rows alone that stay the same, because each update makes processes forget the member's rights. */
export async function updateAttachedPolicies(
  tx: DbOrTx,
  { registryKey, changes }: { registryKey: bigint; changes: { userId: string; policies: string | null }[] },
): Promise<void> {
  const userIds = changes.map(({ userId }) => userId);
  const policies = changes.map((change) => change.policies ?? '');
  await tx.$executeRaw`
    UPDATE members m SET attached_policies = nullif(c.policies, '')
      FROM unnest(${userIds}::uuid[], ${policies}::text[]) AS c(user_id, policies)
     WHERE m.registry_id = ${registryKey} AND m.user_id = c.user_id
       AND m.attached_policies IS DISTINCT FROM nullif(c.policies, '')`;
}

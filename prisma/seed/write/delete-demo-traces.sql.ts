import type { DbOrTx } from '#lib/platform/pg/db.ts';

type Traces = { registryKeys: bigint[]; aliases: string[]; emailDomain: string };

/**
 * Deletes what refers to the demo without a foreign key. Audit rows of demo accounts and of the seed go too, but what
 * an operator did with the demo stays in the audit log.
 */
export async function deleteDemoTraces(db: DbOrTx, { registryKeys, aliases, emailDomain }: Traces): Promise<void> {
  await db.$executeRaw`
    DELETE FROM reports WHERE split_part(target, '/', 1) = ANY (${aliases}::text[])`;
  await db.$executeRaw`
    DELETE FROM notifications n
     WHERE split_part(n.href, '/', 2) = ANY (${aliases}::text[])
        OR EXISTS (SELECT FROM alias_requests r
                    WHERE r.registry_id = ANY (${registryKeys}::bigint[]) AND position(r.id::text IN n.href) > 0)`;
  await db.$executeRaw`
    DELETE FROM audit_events
     WHERE (registry_id = ANY (${registryKeys}::bigint[]) AND actor_id IS NULL)
        OR actor_id IN (SELECT id FROM users WHERE email LIKE '%@' || ${emailDomain})`;
  await db.$executeRaw`DELETE FROM audit_pulls WHERE registry_id = ANY (${registryKeys}::bigint[])`;
  await db.$executeRaw`
    DELETE FROM search_words WHERE NOT EXISTS (
      SELECT FROM search_repositories WHERE registry_id <> ALL (${registryKeys}::bigint[]))`;
}

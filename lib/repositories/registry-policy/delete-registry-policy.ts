import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { authorize, isAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { storeRegistryPolicy } from './store-registry-policy.ts';

/**
 * Removes a registry's policy. Admins can also remove one that has locked its owners out. Returns the text of the removed
 * policy.
 * @throws AppError `forbidden`, `not_found` if there is none
 */
export async function deleteRegistryPolicy(
  app: { db: Db; policies?: PolicyCache },
  { caller, registryKey }: { caller: Caller & AuditCaller; registryKey: bigint },
): Promise<string> {
  const isAdmin = isAllowed({ ...caller, action: 'vitrine:ModerateRepository' });
  if (!isAdmin) await authorize(app, { ...caller, action: 'ecr:DeleteRegistryPolicy', registryKey });
  return app.db.$transaction(async (tx) => {
    const where = { id: registryKey };
    const { policy } = await tx.registry.findUniqueOrThrow({ where, select: { policy: true } });
    if (policy === null) throw new AppError('not_found', 'This registry has no policy.');
    await storeRegistryPolicy(tx, { caller, registryKey, policy: null });
    return policy;
  });
}

import { findRole } from '#lib/catalog/find-repository.ts';
import { canManageRegistry } from '#lib/identity/policy.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Mirrors are set up by whoever manages the registry, or by the operator's command line (null). @throws AppError `forbidden` */
export async function requireManager(app: { db: DbOrTx }, caller: Caller | null, registryId: bigint): Promise<void> {
  if (!caller) return;
  const role = await findRole(app, { userId: caller.actor.userId, registryId });
  if (!canManageRegistry({ actor: caller.actor, role })) {
    throw new AppError('forbidden', 'Mirrors are set up by owners and maintainers of the registry.');
  }
}

import { denialMessage } from '#lib/access/actions.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller, RegistryRole } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';

export type OwnRegistry = { id: bigint; registryId: string; role: RegistryRole };

/**
 * Finds a registry of the caller's by its 12 digits. @throws AppError `not_found` (also when the caller isn't a member)
 */
export async function findOwnRegistry(app: { db: Db }, caller: UserCaller, registryId: string): Promise<OwnRegistry> {
  const registry = await app.db.registry.findUnique({ where: { registryId }, select: { id: true } });
  const membership = registry && (await findMembership(app, { principal: caller.principal, registryKey: registry.id }));
  const { role = null } = membership ?? {};
  if (!registry || !role || !isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership })) {
    throw new AppError('not_found', denialMessage('vitrine:ViewRegistry'));
  }
  return { id: registry.id, registryId, role };
}

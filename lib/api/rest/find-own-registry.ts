import { denialMessage } from '#lib/access/actions.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import type { UserCaller, RegistryRole } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';

export type OwnRegistry = { id: bigint; registryId: string; role: RegistryRole };

/** Finds a registry that the caller is a member of, also without a role, by its 12 digits. @throws AppError `not_found` */
export async function findJoinedRegistry(
  app: { db: Db },
  caller: UserCaller,
  registryId: string,
): Promise<OwnRegistry> {
  const registry = await app.db.registry.findUnique({ where: { registryId }, select: { id: true } });
  const membership = registry && (await findMembership(app, { principal: caller.principal, registryKey: registry.id }));
  if (!registry || !membership?.role) throw new AppError('not_found', denialMessage('vitrine:ViewRegistry'));
  return { id: registry.id, registryId, role: membership.role };
}

/** Finds a registry of the caller's by its 12 digits. @throws AppError `not_found` (also when the caller may not see it) */
export async function findOwnRegistry(app: { db: Db }, caller: UserCaller, registryId: string): Promise<OwnRegistry> {
  const registry = await findJoinedRegistry(app, caller, registryId);
  if (isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership: registry })) return registry;
  throw new AppError('not_found', denialMessage('vitrine:ViewRegistry'));
}

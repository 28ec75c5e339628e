import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listRegistries, type RegistryView } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';

export type OwnAudits = { registries: RegistryView[]; chosen: RegistryView | undefined };

/**
 * Lists registries whose audit the user may read, and picks the requested one or their own.
 * @param action what the page shows of it
 */
export async function listOwnAudits(
  caller: UserCaller,
  registryId: string,
  action: 'vitrine:ReadAudit' | 'vitrine:ReadClientAddresses' = 'vitrine:ReadAudit',
): Promise<OwnAudits> {
  const all = await listRegistries(getApp(), caller.principal);
  const registries = all.filter((membership) => isAllowed({ ...caller, action, membership }));
  return { registries, chosen: registries.find((registry) => registry.registryId === registryId) ?? registries[0] };
}

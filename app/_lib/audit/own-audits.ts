import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { listRegistries, type RegistryView } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';

export type OwnAudits = { registries: RegistryView[]; chosen: RegistryView | undefined };

/** The registries whose audit a member may read, and the one they asked for: else their own. */
export async function listOwnAudits(caller: UserCaller, registryId: string): Promise<OwnAudits> {
  const all = await listRegistries(getApp(), caller.principal);
  const registries = all.filter((membership) => isAllowed({ ...caller, action: 'vitrine:ReadAudit', membership }));
  return { registries, chosen: registries.find((registry) => registry.registryId === registryId) ?? registries[0] };
}

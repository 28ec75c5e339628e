import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listRegistries, type RegistryView } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { textParam, type RawSearchParams } from './search-params.ts';

/** Lists the caller's registries, starting with the default one, without those where they have no role. */
export async function listViewedRegistries(caller: UserCaller): Promise<RegistryView[]> {
  const app = getApp();
  await ensureRegistry(app, { caller });
  const registries = await listRegistries(app, { userId: caller.principal.userId });
  return registries.filter((membership) => isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership }));
}

/** Returns the registry named in the URL, or the user's first. */
export async function chooseRegistry(caller: UserCaller, params: RawSearchParams) {
  const registries = await listViewedRegistries(caller);
  const asked = textParam(params, 'registry');
  const chosen = registries.find(({ registryId }) => registryId === asked) ?? registries[0];
  return { registries, chosen };
}

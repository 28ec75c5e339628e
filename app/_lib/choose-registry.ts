import { getApp } from '#lib/app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { textParam, type RawSearchParams } from './search-params.ts';

/** Returns the registry named in the URL, or the user's first. */
export async function chooseRegistry(caller: UserCaller, params: RawSearchParams) {
  const app = getApp();
  await ensureRegistry(app, { caller });
  const registries = await listRegistries(app, { userId: caller.principal.userId });
  const asked = textParam(params, 'registry');
  const chosen = registries.find(({ registryId }) => registryId === asked) ?? registries[0];
  return { registries, chosen };
}

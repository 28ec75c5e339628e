import { ensureRegistry } from '#lib/catalog/ensure-registry.ts';
import { listRegistries } from '#lib/catalog/queries.ts';
import { withCaller } from '#app/_lib/rest.ts';

/** Who the token belongs to, and the registries they are a member of; makes the user's own at the first call. */
export function GET(request: Request): Promise<Response> {
  return withCaller(request, async (app, caller) => {
    await ensureRegistry(app, { caller });
    const { userId, email, displayName, siteRole } = caller.actor;
    const registries = await listRegistries(app, { userId });
    return {
      user: { id: userId, email, displayName, role: siteRole },
      registries: registries.map(({ registryId, aliases, role }) => ({ registryId, aliases, role })),
    };
  });
}

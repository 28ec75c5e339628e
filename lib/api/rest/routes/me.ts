import { z } from 'zod';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { describeUsage } from '#lib/publishers/registry-quota.ts';
import { REGISTRY_ROLES } from '#lib/access/schema.ts';
import { defineRoute } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';
import { logoUrl } from '../logo-url.ts';

const aliasSchema = z.object({ name: z.string(), primary: z.boolean(), default: z.boolean() });

export const registrySchema = z.object({
  registryId: z.string(),
  displayName: z.string(),
  isBrandingShown: z.boolean().describe('Whether others see the display name and logos'),
  logoUrl: z.string().nullable(),
  aliases: z.array(aliasSchema),
  role: z.enum(REGISTRY_ROLES),
});

export const ME_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/usage',
    tag: 'account',
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "Get a registry's storage usage and quota",
    params: z.object({ registryId: z.string() }),
    output: z.object({
      storedBytes: z.number().describe("Distinct blobs, including restorable deletions but not mirrors' caches"),
      stagedBytes: z.number().describe('Open uploads'),
      quotaBytes: z.number().nullable().describe('Null means unlimited'),
    }),
    handle: async (app, { caller, params }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return describeUsage(app, id);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/me',
    reach: { to: 'account' },
    summary: "Get the token's user with their registries. Creates their own registry on the first call",
    tag: 'account',
    access: 'token',
    output: z.object({
      user: z.object({ id: z.string(), email: z.string(), displayName: z.string(), role: z.string() }),
      registries: z.array(registrySchema),
    }),
    handle: async (app, { caller }) => {
      await ensureRegistry(app, { caller });
      const { userId, email, displayName, siteRole } = caller.principal;
      const registries = await listRegistries(app, { userId });
      return {
        user: { id: userId, email, displayName, role: siteRole },
        registries: registries.map((registry) => ({ ...registry, logoUrl: logoUrl(app, registry.logoId) })),
      };
    },
  }),
];

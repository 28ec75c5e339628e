import { z } from 'zod';
import { createRegistry } from '#lib/publishers/create-registry.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { makeRegistryDefault } from '#lib/publishers/make-registry-default.ts';
import { registrySettingsSchema } from '#lib/publishers/schema.ts';
import { getRegistrySettings } from '#lib/publishers/registry-settings.ts';
import { updateRegistrySettings } from '#lib/publishers/update-registry-settings.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
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
  isDefault: z.boolean().describe('Whether the console shows it first'),
});

const settingsSchema = z.object({
  pushVisibility: registrySettingsSchema.shape.pushVisibility.describe('Visibility of repositories created by a push'),
  pushCreation: registrySettingsSchema.shape.pushCreation.describe(
    'Which missing repositories a push creates. template: those that a creation template matches',
  ),
});

export const ME_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/me',
    reach: { to: 'account' },
    summary: "Get the token's user or robot with their registries. Creates a user's own registry on the first call",
    tag: 'account',
    access: 'token',
    output: z.object({
      user: z.object({
        id: z.string(),
        email: z.string().describe('robot:REGISTRYID/NAME for a robot'),
        displayName: z.string(),
        role: z.string(),
      }),
      registries: z.array(registrySchema),
    }),
    handle: async (app, { caller }) => {
      const { userId, email, displayName, siteRole, robot } = caller.principal;
      if (!robot) await ensureRegistry(app, { caller });
      const registries = await listRegistries(app, { userId });
      return {
        user: { id: userId, email, displayName, role: siteRole },
        registries: registries.map((registry) => ({ ...registry, logoUrl: logoUrl(app, registry.logoId) })),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries',
    tag: 'account',
    access: 'user',
    reach: { to: 'account' },
    summary: 'Create another registry that you own',
    body: z.strictObject({ displayName: z.string() }),
    output: z.object({ registryId: z.string(), alias: z.string().describe('Its default alias') }),
    status: 201,
    handle: (app, { caller, body }) => createRegistry(app, { caller, ...body }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/me/default-registry',
    tag: 'account',
    access: 'user',
    reach: { to: 'account' },
    summary: 'Choose the registry that the console shows first',
    body: z.strictObject({ registryId: z.string() }),
    handle: async (app, { caller, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, body.registryId);
      return makeRegistryDefault(app, { caller, registryKey });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/settings',
    tag: 'account',
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "Get a registry's settings",
    params: z.object({ registryId: z.string() }),
    output: settingsSchema,
    handle: async (app, { caller, params }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return getRegistrySettings(app, { registryKey: id });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/settings',
    tag: 'account',
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: "Change a registry's settings. For owners and maintainers",
    params: z.object({ registryId: z.string() }),
    body: z.strictObject(settingsSchema.partial().shape).describe('Omitted settings keep their values'),
    output: settingsSchema,
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await updateRegistrySettings(app, { caller, registryKey, ...body });
      return getRegistrySettings(app, { registryKey });
    },
  }),
];

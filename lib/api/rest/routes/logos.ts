// Logos of registries and repositories. The body of a PUT is the image itself.
import { z } from 'zod';
import { findRegistry } from '#lib/repositories/find-repository.ts';
import { LOGO_MEDIA_TYPES, MAX_LOGO_BYTES } from '#lib/publishers/schema.ts';
import { setRegistryLogo } from '#lib/publishers/logos/set-registry-logo.ts';
import { setRepositoryLogo } from '#lib/repositories/logo/set-repository-logo.ts';
import { AppError } from '#lib/platform/errors.ts';
import { defineRoute } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';
import { logoUrl } from '../logo-url.ts';

const tag = 'logos';
const registrySchema = z.object({ registryId: z.string() });
const repositorySchema = z.object({
  repository: z.string().describe('ALIAS/NAME with each slash encoded as %2F'),
});
const rawBody = { maxBytes: MAX_LOGO_BYTES, mediaTypes: LOGO_MEDIA_TYPES };
const outputSchema = z.object({ logoUrl: z.string().nullable() });

export const LOGO_ROUTES = [
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/logo',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: "Set a registry's logo: 60 to 2048 pixels per side, at most 512,000 bytes. It is re-encoded",
    params: registrySchema,
    rawBody,
    output: outputSchema,
    handle: async (app, { caller, params, bytes }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return { logoUrl: logoUrl(app, await setRegistryLogo(app, { caller, registryKey: id, image: bytes })) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/logo',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: "Remove a registry's logo",
    params: registrySchema,
    handle: async (app, { caller, params }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      await setRegistryLogo(app, { caller, registryKey: id, image: null });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/logo',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: "Set a repository's logo: 60 to 2048 pixels per side, at most 512,000 bytes. It is re-encoded",
    params: repositorySchema,
    rawBody,
    output: outputSchema,
    handle: async (app, { caller, params: { repository }, bytes }) => ({
      logoUrl: logoUrl(app, await setRepositoryLogo(app, { caller, fullName: repository, image: bytes })),
    }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/logo',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: "Remove a repository's logo",
    params: repositorySchema,
    handle: async (app, { caller, params: { repository } }) => {
      await setRepositoryLogo(app, { caller, fullName: repository, image: null });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/admin/registries/{registryId}/logo',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Remove any registry's logo",
    params: registrySchema,
    handle: async (app, { caller, params: { registryId } }) => {
      const registry = await findRegistry(app, registryId);
      if (!registry) throw new AppError('not_found', "The registry doesn't exist.");
      await setRegistryLogo(app, { caller, registryKey: registry.id, image: null });
    },
  }),
];

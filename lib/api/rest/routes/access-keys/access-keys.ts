// Access keys for the AWS CLI, SDKs and Terraform.
import { z } from 'zod';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { deleteAccessKey } from '#lib/identity/access-keys/delete-access-key.ts';
import { listAccessKeys } from '#lib/identity/access-keys/list-access-keys.ts';
import { MAX_ACCESS_KEYS } from '#lib/identity/access-keys/schema.ts';
import { switchAccessKey } from '#lib/identity/access-keys/switch-access-key.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';

const tag = 'access keys';
const registrySchema = z.object({ registryId: z.string() });
const keySchema = registrySchema.extend({ accessKeyId: z.string() });

export const ACCESS_KEY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/access-keys',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "List your access keys in a registry. Owners see every person's",
    params: registrySchema,
    output: z.object({
      accessKeys: z.array(
        z.object({
          accessKeyId: z.string(),
          userId: z.string(),
          email: z.string(),
          createdAt: z.date(),
          expiresAt: z.date().nullable(),
          disabledAt: z.date().nullable(),
          lastUsedAt: z.date().nullable(),
          lastUsedService: z.string().nullable().describe('ecr, ecr-public, sts or registry (pulls and pushes)'),
          lastUsedAddress: z.string().nullable(),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { accessKeys: await listAccessKeys(app, { caller, registryKey }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/access-keys',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: `Create an access key, at most ${MAX_ACCESS_KEYS} for each member. Shows its secret once. The token needs pull, push and delete on all repositories, and the key expires with it`,
    params: registrySchema,
    output: z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), registryId: z.string() }),
    status: 201,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createAccessKey(app, { caller, registryKey });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/access-keys/{accessKeyId}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Disable an access key, or enable it again. Also for keys of robots that you manage. Takes effect at once',
    params: keySchema,
    body: z.object({ isEnabled: z.boolean() }),
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await switchAccessKey(app, { caller, registryKey, accessKeyId: params.accessKeyId, isEnabled: body.isEnabled });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/access-keys/{accessKeyId}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Delete an access key for good. Also for keys of robots that you manage. Takes effect at once',
    params: keySchema,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await deleteAccessKey(app, { caller, registryKey, accessKeyId: params.accessKeyId });
    },
  }),
];

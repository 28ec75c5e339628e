// A registry's robots and their credentials.
import { z } from 'zod';
import { REGISTRY_ROLES } from '#lib/access/schema.ts';
import { MAX_ACCESS_KEYS } from '#lib/identity/access-keys/schema.ts';
import { accessTokenSchema } from '#lib/identity/schema.ts';
import { createRobot } from '#lib/publishers/robots/create-robot.ts';
import { createRobotKey } from '#lib/publishers/robots/create-robot-key.ts';
import { createRobotToken } from '#lib/publishers/robots/create-robot-token.ts';
import { removeRobot } from '#lib/publishers/robots/remove-robot.ts';
import { revokeRobotToken } from '#lib/publishers/robots/revoke-robot-token.ts';
import { listRobotCredentials, listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { MAX_ROBOTS, ROBOT_ROLES } from '#lib/publishers/robots/schema.ts';
import { updateRobot } from '#lib/publishers/robots/update-robot.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';

const tag = 'robots';
const registrySchema = z.object({ registryId: z.string() });
const robotSchema = registrySchema.extend({ robot: z.string() });
const roleSchema = z.enum(ROBOT_ROLES);

const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  expiresAt: z.date().nullable(),
});

export const ROBOT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/robots',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "List a registry's robots. For members",
    params: registrySchema,
    output: z.object({
      robots: z.array(
        z.object({
          name: z.string(),
          role: z.enum(REGISTRY_ROLES),
          description: z.string(),
          createdAt: z.date(),
          disabledAt: z.date().nullable(),
          lastUsedAt: z.date().nullable().describe('The last use of any of its credentials'),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { robots: await listRobots(app, { caller, registryKey }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/robots',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: `Create a robot, at most ${MAX_ROBOTS} for each registry. For owners and maintainers`,
    params: registrySchema,
    body: z.strictObject({
      name: z.string().describe('Lowercase letters and digits, with single dots, hyphens or underscores between them'),
      role: roleSchema,
      description: z.string().default(''),
    }),
    output: z.object({ registryId: z.string(), name: z.string(), role: roleSchema, description: z.string() }),
    status: 201,
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createRobot(app, { caller, registryKey, ...body });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/robots/{robot}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Change a robot’s role or description, disable it, or enable it again. Takes effect at once',
    params: robotSchema,
    body: z
      .strictObject({ role: roleSchema, description: z.string(), isEnabled: z.boolean() })
      .partial()
      .describe('Omitted fields keep their values'),
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await updateRobot(app, { caller, registryKey, name: params.robot, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/robots/{robot}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Remove a robot with its credentials. Takes effect at once',
    params: robotSchema,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await removeRobot(app, { caller, registryKey, name: params.robot });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/robots/{robot}/credentials',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'List a robot’s access tokens and access keys. For owners and maintainers',
    params: robotSchema,
    output: z.object({
      accessTokens: z.array(
        tokenSchema.extend({ hint: z.string(), createdAt: z.date(), lastUsedAt: z.date().nullable() }),
      ),
      accessKeys: z.array(
        z.object({
          accessKeyId: z.string(),
          createdAt: z.date(),
          expiresAt: z.date().nullable(),
          disabledAt: z.date().nullable(),
          lastUsedAt: z.date().nullable(),
          lastUsedService: z.string().nullable(),
          lastUsedAddress: z.string().nullable(),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return listRobotCredentials(app, { caller, registryKey, name: params.robot });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/robots/{robot}/access-tokens',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary:
      'Create an access token of a robot. Shows its secret once. Your token needs pull, push and delete on all repositories, and the new one expires with it',
    params: robotSchema,
    body: z.strictObject({
      name: z.string(),
      scopes: accessTokenSchema.shape.scopes,
      expiresInDays: accessTokenSchema.shape.expiresInDays.describe('Null means no expiry'),
    }),
    output: tokenSchema.extend({ secret: z.string() }),
    status: 201,
    handle: async (app, { caller, params, body: { name: tokenName, ...body } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createRobotToken(app, { caller, registryKey, name: params.robot, tokenName, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/robots/{robot}/access-tokens/{id}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Revoke an access token of a robot. Takes effect at once',
    params: robotSchema.extend({ id: z.string() }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await revokeRobotToken(app, { caller, registryKey, name: params.robot, id: params.id });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/robots/{robot}/access-keys',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: `Create an access key of a robot, at most ${MAX_ACCESS_KEYS}. Shows its secret once. Your token needs pull, push and delete on all repositories, and the key expires with it`,
    params: robotSchema,
    output: z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), registryId: z.string() }),
    status: 201,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createRobotKey(app, { caller, registryKey, name: params.robot });
    },
  }),
];

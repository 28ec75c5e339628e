// A registry's roles and the identity providers that they may trust.
import { z } from 'zod';
import { parseRoleName } from '#lib/access/resource-names.ts';
import { REGISTRY_ROLES } from '#lib/access/schema.ts';
import { MAX_WEB_IDENTITY_TOKEN_LENGTH } from '#lib/identity/federation/schema.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { addIdentityProvider } from '#lib/publishers/identity-providers/add-identity-provider.ts';
import { listIdentityProviders } from '#lib/publishers/identity-providers/list-identity-providers.ts';
import { removeIdentityProvider } from '#lib/publishers/identity-providers/remove-identity-provider.ts';
import { createRole } from '#lib/publishers/roles/create-role.ts';
import { endRoleSessions } from '#lib/publishers/roles/end-role-sessions.ts';
import { exchangeToken } from '#lib/publishers/roles/exchange-token.ts';
import { removeRole } from '#lib/publishers/roles/remove-role.ts';
import { listRoles } from '#lib/publishers/roles/role-queries.ts';
import { DEFAULT_SESSION_SECONDS, isSessionName, MAX_ROLES, ROLE_PERMISSIONS } from '#lib/publishers/roles/schema.ts';
import { updateRole } from '#lib/publishers/roles/update-role.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';

const tag = 'roles';
const registrySchema = z.object({ registryId: z.string() });
const roleSchema = registrySchema.extend({ role: z.string() });
const permissionSchema = z.enum(ROLE_PERMISSIONS).describe('What its sessions may do, as a member with this role');
const TOKEN_LOGIN = 'Whether docker can log in with a token of OpenID Connect as the password';
const MANAGED = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;

export const ROLE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/roles',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "List a registry's roles. For members",
    params: registrySchema,
    output: z.object({
      roles: z.array(
        z.object({
          name: z.string(),
          arn: z.string(),
          permission: z.enum(REGISTRY_ROLES),
          description: z.string(),
          trustPolicy: z.string(),
          maxSessionSeconds: z.number(),
          acceptsTokenLogin: z.boolean().describe(TOKEN_LOGIN),
          createdAt: z.date(),
          disabledAt: z.date().nullable(),
          sessions: z.number().describe('How many sessions are live'),
          lastUsedAt: z.date().nullable().describe('Of a session that is live or ended in the last day'),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { roles: await listRoles(app, { caller, registryKey }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/roles',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: `Create a role, at most ${MAX_ROLES} for each registry. For owners and maintainers`,
    params: registrySchema,
    body: z.strictObject({
      name: z.string().describe('Lowercase letters and digits, with single dots, hyphens or underscores between them'),
      permission: permissionSchema,
      description: z.string().default(''),
      trustPolicy: z.string().describe("Who may assume it, in IAM's grammar: a JSON document as text"),
      maxSessionSeconds: z.number().default(DEFAULT_SESSION_SECONDS),
      acceptsTokenLogin: z.boolean().default(false).describe(TOKEN_LOGIN),
    }),
    output: z.object({ name: z.string(), arn: z.string() }),
    status: 201,
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createRole(app, { caller, registryKey, ...body });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/roles/{role}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Change a role, disable it, or enable it again. Takes effect at once, also for its sessions',
    params: roleSchema,
    body: z
      .strictObject({
        permission: permissionSchema,
        description: z.string(),
        trustPolicy: z.string(),
        maxSessionSeconds: z.number(),
        acceptsTokenLogin: z.boolean(),
        isEnabled: z.boolean(),
      })
      .partial()
      .describe('Omitted fields keep their values'),
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await updateRole(app, { caller, registryKey, name: params.role, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/roles/{role}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Remove a role. Its sessions end at once',
    params: roleSchema,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await removeRole(app, { caller, registryKey, name: params.role });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/roles/{role}/sessions',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'End all sessions of a role. Anyone it trusts may assume it again',
    params: roleSchema,
    output: z.object({ count: z.number() }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return endRoleSessions(app, { caller, registryKey, name: params.role });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/identity-providers',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "List a registry's identity providers. For members",
    params: registrySchema,
    output: z.object({
      identityProviders: z.array(
        z.object({
          issuer: z.string(),
          audiences: z.array(z.string()),
          hasKeys: z.boolean().describe('Whether its keys are stored, so that it is never asked for them'),
          createdAt: z.date(),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { identityProviders: await listIdentityProviders(app, { caller, registryKey }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/identity-providers',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Add an identity provider, or change the audiences and keys of a known one. For owners and maintainers',
    params: registrySchema,
    body: z.strictObject({
      issuer: z.string().describe('As in the claim iss of its tokens'),
      audiences: z.array(z.string()).describe('A token must be for one of them'),
      keySet: z.string().nullable().default(null).describe('A JSON Web Key Set, if this site can’t reach the issuer'),
    }),
    output: z.object({ issuer: z.string() }),
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return addIdentityProvider(app, { caller, registryKey, ...body });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/oidc/exchange',
    isOpenInMaintenance: true,
    tag,
    access: 'anyone',
    reach: { to: 'none' },
    summary: 'Exchange a token of an identity provider for a docker login of 15 minutes. A token works once',
    body: z.strictObject({
      token: z.string().max(MAX_WEB_IDENTITY_TOKEN_LENGTH).describe('An OpenID Connect token with an id (jti)'),
      role: z.string().describe('The ARN of the role to assume'),
      sessionName: z.string().refine(isSessionName, 'Use 2 to 64 letters, digits and + = , . @ _ -').default('docker'),
    }),
    output: z.object({ username: z.string(), password: z.string(), expiresAt: z.date() }),
    handle: (app, { caller, body: { role, ...body } }) => {
      const named = parseRoleName(role);
      if (!named) throw invalidField('role', 'Enter the ARN of a role: arn:aws:iam::REGISTRY:role/NAME.');
      const { registryId, role: roleName } = named;
      return exchangeToken(app, { ...body, registryId, roleName, context: caller.context });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/identity-providers',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Remove an identity provider. No role can be assumed with its tokens any more',
    params: registrySchema,
    query: z.object({ issuer: z.string() }),
    handle: async (app, { caller, params, query }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await removeIdentityProvider(app, { caller, registryKey, issuer: query.issuer });
    },
  }),
];

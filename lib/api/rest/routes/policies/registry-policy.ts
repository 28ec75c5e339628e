// Policies of registries, in the grammar of IAM.
import { z } from 'zod';
import { REGISTRY_POLICY_SCOPES } from '#lib/access/attached/schema.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findRegistry } from '#lib/repositories/find-repository.ts';
import { deleteRegistryPolicy } from '#lib/repositories/registry-policy/delete-registry-policy.ts';
import {
  listRegistryPolicyRevisions,
  readRegistryPolicy,
} from '#lib/repositories/registry-policy/read-registry-policy.ts';
import { setRegistryPolicy } from '#lib/repositories/registry-policy/set-registry-policy.ts';
import { setRegistryPolicyScope } from '#lib/repositories/registry-policy/set-registry-policy-scope.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';
import { findingSchema } from '../schemas/finding-schema.ts';
import { newPolicySchema, policyRevision, revisionsQuery, revisionsSchema } from '../schemas/policy-schema.ts';

const tag = 'policies';
const params = z.object({ registryId: z.string() });
/** The policy decides about every repository. */
const reach = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;
const scope = z
  .enum(REGISTRY_POLICY_SCOPES)
  .describe('V2: it decides every action of ecr. V1: only replication, imports and the creation of repositories');

export const REGISTRY_POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/policy',
    tag,
    access: 'user',
    reach,
    summary: "Get a registry's policy. Null if it has none",
    params,
    output: z.object({ policy: z.string().nullable(), scope, revision: policyRevision }),
    handle: async (app, { caller, params: { registryId } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return readRegistryPolicy(app, { caller, registryKey });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/policy',
    tag,
    access: 'user',
    reach,
    summary: "Replace a registry's policy, which decides about all its private repositories. Answers with warnings",
    params,
    body: newPolicySchema,
    output: z.object({ revision: policyRevision, findings: z.array(findingSchema) }),
    handle: async (app, { caller, params: { registryId }, body: { policy: text, force, editedRevision } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return setRegistryPolicy(app, { caller, registryKey, text, force, editedRevision });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/policy',
    tag,
    access: 'user',
    reach,
    summary: "Remove a registry's policy. Admins can also remove one that locks its owners out",
    params,
    handle: async (app, { caller, params: { registryId } }) => {
      const { id: registryKey } = await findForRemoval(app, caller, registryId);
      await deleteRegistryPolicy(app, { caller, registryKey });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/policy/scope',
    tag,
    access: 'user',
    reach,
    summary: "Set which actions a registry's policy decides",
    params,
    body: z.strictObject({ scope }),
    handle: async (app, { caller, params: { registryId }, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await setRegistryPolicyScope(app, { caller, registryKey, scope: body.scope });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/policy/revisions',
    tag,
    access: 'user',
    reach,
    summary: "List a registry's earlier policies and the present one, latest first",
    params,
    query: revisionsQuery,
    output: revisionsSchema,
    handle: async (app, { caller, params: { registryId }, query: { before = null, limit } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await readRegistryPolicy(app, { caller, registryKey });
      return { revisions: await listRegistryPolicyRevisions(app, { registryKey, before, limit }) };
    },
  }),
];

async function findForRemoval(app: { db: Db }, caller: UserCaller, registryId: string): Promise<{ id: bigint }> {
  const isAdmin = isAllowed({ ...caller, action: 'vitrine:ModerateRepository' });
  return (isAdmin && (await findRegistry(app, registryId))) || findOwnRegistry(app, caller, registryId);
}

// Policies and tags of members, robots and roles.
import { z } from 'zod';
import { deleteIdentityPolicy } from '#lib/publishers/identity-policies/delete-identity-policy.ts';
import { listIdentityPolicies } from '#lib/publishers/identity-policies/list-identity-policies.ts';
import { putIdentityPolicy } from '#lib/publishers/identity-policies/put-identity-policy.ts';
import { findPrincipalTags, tagPrincipal } from '#lib/publishers/identity-policies/tag-principal.ts';
import { MAX_KEYED_TAGS } from '#lib/access/tags/schema.ts';
import { MAX_IDENTITY_POLICIES } from '#lib/publishers/identity-policies/schema.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';
import { findingSchema } from '../schemas/finding-schema.ts';
import { policyTextSchema, storedPoliciesSchema } from '../schemas/policy-schema.ts';

const tag = 'policies';
const holderParams = z.object({
  registryId: z.string(),
  principal: z.string().describe("A member's user id or email address, a robot's name, or role: and a role's name"),
});
const policyParams = holderParams.extend({ policy: z.string().describe('The name of the policy') });
const tagsSchema = z.object({ tags: z.record(z.string(), z.string()).describe('Values by key') });
const reach = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;

export const IDENTITY_POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/principals/{principal}/policies',
    tag,
    access: 'user',
    reach,
    summary: 'List the policies of a member, robot or role. For owners',
    params: holderParams,
    output: storedPoliciesSchema,
    handle: async (app, { caller, params: { registryId, principal } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return { policies: await listIdentityPolicies(app, { caller, registryKey, principal }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/principals/{principal}/policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: `Give a member, robot or role a policy, at most ${MAX_IDENTITY_POLICIES}, or replace it. Takes effect at once. For owners`,
    params: policyParams,
    body: z.strictObject({ policy: policyTextSchema }),
    output: z.object({ findings: z.array(findingSchema).describe('Warnings') }),
    handle: async (app, { caller, params: { registryId, principal, policy: name }, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return { findings: await putIdentityPolicy(app, { caller, registryKey, principal, name, text: body.policy }) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/principals/{principal}/policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: 'Remove a policy from a member, robot or role. Takes effect at once. For owners',
    params: policyParams,
    handle: async (app, { caller, params: { registryId, principal, policy: name } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await deleteIdentityPolicy(app, { caller, registryKey, principal, name });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/principals/{principal}/tags',
    tag,
    access: 'user',
    reach,
    summary: 'Get the tags of a member, robot or role, which policies test as aws:PrincipalTag/KEY. For owners',
    params: holderParams,
    output: tagsSchema,
    handle: async (app, { caller, params: { registryId, principal } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return { tags: await findPrincipalTags(app, { caller, registryKey, principal }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/principals/{principal}/tags',
    tag,
    access: 'user',
    reach,
    summary: `Replace the tags of a member, robot or role, at most ${MAX_KEYED_TAGS}. Takes effect at once. For owners`,
    params: holderParams,
    body: tagsSchema.strict(),
    output: tagsSchema,
    handle: async (app, { caller, params: { registryId, principal }, body: { tags } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await tagPrincipal(app, { caller, registryKey, principal, tags });
      return { tags };
    },
  }),
];

// Managed policies of members, robots and roles.
import { z } from 'zod';
import { MAX_ATTACHED_POLICIES } from '#lib/identity/attached-policies/schema.ts';
import { attachManagedPolicy } from '#lib/publishers/managed-policies/attach-managed-policy.ts';
import { detachManagedPolicy } from '#lib/publishers/managed-policies/detach-managed-policy.ts';
import { listAttachedPolicies } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';
import { attachedPoliciesSchema, referenceSchema } from '../schemas/policy-schema.ts';

const tag = 'policies';
const holderParams = z.object({
  registryId: z.string(),
  principal: z.string().describe("A member's user id or email address, a robot's name, or role: and a role's name"),
});
const attachmentParams = holderParams.extend({ policy: referenceSchema });
const reach = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;

export const ATTACHED_POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/principals/{principal}/attached-policies',
    tag,
    access: 'user',
    reach,
    summary: 'List the managed policies of a member, robot or role, without those of teams. For owners',
    params: holderParams,
    output: attachedPoliciesSchema,
    handle: async (app, { caller, params: { registryId, principal } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return { policies: await listAttachedPolicies(app, { caller, registryKey, principal }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/principals/{principal}/attached-policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: `Attach a managed policy to a member, robot or role, at most ${MAX_ATTACHED_POLICIES}. Takes effect at once. For owners`,
    params: attachmentParams,
    handle: async (app, { caller, params: { registryId, principal, policy } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await attachManagedPolicy(app, { caller, registryKey, principal, policy });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/principals/{principal}/attached-policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: 'Detach a managed policy from a member, robot or role. Takes effect at once. For owners',
    params: attachmentParams,
    handle: async (app, { caller, params: { registryId, principal, policy } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await detachManagedPolicy(app, { caller, registryKey, principal, policy });
    },
  }),
];

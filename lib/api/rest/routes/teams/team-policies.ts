// Policies of teams, which their members have while they are members.
import { z } from 'zod';
import { MAX_ATTACHED_POLICIES } from '#lib/identity/attached-policies/schema.ts';
import { deleteIdentityPolicy } from '#lib/publishers/identity-policies/delete-identity-policy.ts';
import { listIdentityPolicies } from '#lib/publishers/identity-policies/list-identity-policies.ts';
import { putIdentityPolicy } from '#lib/publishers/identity-policies/put-identity-policy.ts';
import { MAX_IDENTITY_POLICIES } from '#lib/publishers/identity-policies/schema.ts';
import { attachManagedPolicy } from '#lib/publishers/managed-policies/attach-managed-policy.ts';
import { detachManagedPolicy } from '#lib/publishers/managed-policies/detach-managed-policy.ts';
import { listAttachedPolicies } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';
import { findingSchema } from '../schemas/finding-schema.ts';
import {
  attachedPoliciesSchema,
  policyTextSchema,
  referenceSchema,
  storedPoliciesSchema,
} from '../schemas/policy-schema.ts';

const tag = 'teams';
const teamParams = z.object({ registryId: z.string(), team: z.string() });
const policyParams = teamParams.extend({ policy: z.string().describe('The name of the policy') });
const attachmentParams = teamParams.extend({ policy: referenceSchema });
const reach = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;

export const TEAM_POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/teams/{team}/policies',
    tag,
    access: 'user',
    reach,
    summary: "List a team's own policies. For owners",
    params: teamParams,
    output: storedPoliciesSchema,
    handle: async (app, { caller, params: { registryId, team } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return { policies: await listIdentityPolicies(app, { caller, registryKey, principal: `team:${team}` }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/teams/{team}/policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: `Give a team a policy, at most ${MAX_IDENTITY_POLICIES}, or replace it. Takes effect at once for its members. For owners`,
    params: policyParams,
    body: z.strictObject({ policy: policyTextSchema }),
    output: z.object({ findings: z.array(findingSchema).describe('Warnings') }),
    handle: async (app, { caller, params: { registryId, team, policy: name }, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      const asked = { caller, registryKey, principal: `team:${team}`, name, text: body.policy };
      return { findings: await putIdentityPolicy(app, asked) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/teams/{team}/policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: 'Remove a policy from a team. Takes effect at once for its members. For owners',
    params: policyParams,
    handle: async (app, { caller, params: { registryId, team, policy: name } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await deleteIdentityPolicy(app, { caller, registryKey, principal: `team:${team}`, name });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/teams/{team}/attached-policies',
    tag,
    access: 'user',
    reach,
    summary: 'List the managed policies of a team. For owners',
    params: teamParams,
    output: attachedPoliciesSchema,
    handle: async (app, { caller, params: { registryId, team } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return { policies: await listAttachedPolicies(app, { caller, registryKey, principal: `team:${team}` }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/teams/{team}/attached-policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: `Attach a managed policy to a team, at most ${MAX_ATTACHED_POLICIES}. Takes effect at once for its members. For owners`,
    params: attachmentParams,
    handle: async (app, { caller, params: { registryId, team, policy } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await attachManagedPolicy(app, { caller, registryKey, principal: `team:${team}`, policy });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/teams/{team}/attached-policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: 'Detach a managed policy from a team. Takes effect at once for its members. For owners',
    params: attachmentParams,
    handle: async (app, { caller, params: { registryId, team, policy } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await detachManagedPolicy(app, { caller, registryKey, principal: `team:${team}`, policy });
    },
  }),
];

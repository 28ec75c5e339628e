// A registry's managed policies.
import { z } from 'zod';
import { createManagedPolicy } from '#lib/publishers/managed-policies/create-managed-policy.ts';
import { createPolicyVersion } from '#lib/publishers/managed-policies/create-policy-version.ts';
import { deleteManagedPolicy } from '#lib/publishers/managed-policies/delete-managed-policy.ts';
import { deletePolicyVersion } from '#lib/publishers/managed-policies/delete-policy-version.ts';
import {
  listManagedPolicies,
  readManagedPolicy,
  readPolicyVersion,
} from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { MAX_MANAGED_POLICIES, MAX_POLICY_VERSIONS } from '#lib/publishers/managed-policies/schema.ts';
import { updateManagedPolicy } from '#lib/publishers/managed-policies/update-managed-policy.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';
import { findingSchema } from '../schemas/finding-schema.ts';
import { arnSchema, isAwsSchema, policyTextSchema, referenceSchema } from '../schemas/policy-schema.ts';

const tag = 'policies';
const registryParams = z.object({ registryId: z.string() });
const policyParams = registryParams.extend({ policy: referenceSchema });
const ownParams = registryParams.extend({ policy: z.string().describe('The name of the policy') });
const versionNumber = z.string().describe('The number of the version');
const reach = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;

const policyView = z.object({
  reference: referenceSchema,
  name: z.string(),
  arn: arnSchema,
  description: z.string(),
  isAws: isAwsSchema,
  defaultVersion: z.number(),
  attachmentCount: z.number().describe('How many members, robots, roles and teams have it'),
  createdAt: z.date().nullable(),
});
const versionView = z.object({
  version: z.number(),
  policy: z.string(),
  isDefault: z.boolean().describe('Whether it applies'),
  savedBy: z.string().nullable(),
  createdAt: z.date().nullable(),
});
const attachmentView = z.object({
  kind: z.enum(['member', 'robot', 'role', 'team']),
  principal: z.string().describe('As in the paths of principals, and team: and the name of a team'),
  name: z.string(),
});

export const MANAGED_POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/policies',
    tag,
    access: 'user',
    reach,
    summary: "List a registry's managed policies and those of AWS. For owners",
    params: registryParams,
    output: z.object({ policies: z.array(policyView) }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { policies: await listManagedPolicies(app, { caller, registryKey }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/policies',
    tag,
    access: 'user',
    reach,
    summary: `Create a managed policy, at most ${MAX_MANAGED_POLICIES} for each registry. For owners`,
    params: registryParams,
    body: z.strictObject({
      name: z.string().describe('Up to 128 letters, digits and the characters + = , . @ _ -'),
      description: z.string().default(''),
      policy: policyTextSchema,
    }),
    output: z.object({ name: z.string(), arn: arnSchema, findings: z.array(findingSchema).describe('Warnings') }),
    status: 201,
    handle: async (app, { caller, params, body: { policy: text, ...body } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createManagedPolicy(app, { caller, registryKey, text, ...body });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: 'Get a managed policy with its versions, latest first, and what it is attached to. For owners',
    params: policyParams,
    output: policyView.extend({ versions: z.array(versionView), attachments: z.array(attachmentView) }),
    handle: async (app, { caller, params: { registryId, policy } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return readManagedPolicy(app, { caller, registryKey, policy });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: "Change a managed policy's description or default version, which takes effect at once. For owners",
    params: ownParams,
    body: z.strictObject({ description: z.string().optional(), defaultVersion: z.number().optional() }),
    handle: async (app, { caller, params: { registryId, policy: name }, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await updateManagedPolicy(app, { caller, registryKey, name, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/policies/{policy}',
    tag,
    access: 'user',
    reach,
    summary: 'Delete a managed policy that is attached to nobody, with its versions. For owners',
    params: ownParams,
    handle: async (app, { caller, params: { registryId, policy: name } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await deleteManagedPolicy(app, { caller, registryKey, name });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/policies/{policy}/versions',
    tag,
    access: 'user',
    reach,
    summary: "List a managed policy's versions, latest first. For owners",
    params: policyParams,
    output: z.object({ versions: z.array(versionView) }),
    handle: async (app, { caller, params: { registryId, policy } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      const { versions } = await readManagedPolicy(app, { caller, registryKey, policy });
      return { versions };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/policies/{policy}/versions',
    tag,
    access: 'user',
    reach,
    summary: `Add a version to a managed policy, at most ${MAX_POLICY_VERSIONS}. For owners`,
    params: ownParams,
    body: z.strictObject({
      policy: policyTextSchema,
      isDefault: z.boolean().default(false).describe('Whether it applies at once, wherever the policy is attached'),
    }),
    output: z.object({ version: z.number(), findings: z.array(findingSchema).describe('Warnings') }),
    status: 201,
    handle: async (app, { caller, params: { registryId, policy: name }, body: { policy: text, isDefault } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return createPolicyVersion(app, { caller, registryKey, name, text, isDefault });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/policies/{policy}/versions/{version}',
    tag,
    access: 'user',
    reach,
    summary: 'Get a version of a managed policy. For owners',
    params: policyParams.extend({ version: versionNumber }),
    output: versionView,
    handle: async (app, { caller, params: { registryId, policy, version } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return readPolicyVersion(app, { caller, registryKey, policy, version: Number(version) });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/policies/{policy}/versions/{version}',
    tag,
    access: 'user',
    reach,
    summary: "Delete a version of a managed policy that isn't its default. For owners",
    params: ownParams.extend({ version: versionNumber }),
    handle: async (app, { caller, params: { registryId, policy: name, version } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await deletePolicyVersion(app, { caller, registryKey, name, version: Number(version) });
    },
  }),
];

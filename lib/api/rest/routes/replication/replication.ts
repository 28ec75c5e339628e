// Replication rules, destinations and the status of images.
import { z } from 'zod';
import { putReplicationConfiguration } from '#lib/replication/put-replication-configuration.ts';
import { removeDestination } from '#lib/replication/remove-destination.ts';
import { destinationSettingsSchema, saveDestination } from '#lib/replication/save-destination.ts';
import { regionSchema, registryIdSchema, replicationRuleSchema } from '#lib/replication/schema.ts';
import { showImageReplicas } from '#lib/replication/show-image-replicas.ts';
import { showReplication } from '#lib/replication/show-replication.ts';
import { isDigest } from '#lib/oci/digest.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';
import { repositoryParams } from '../open-repository.ts';

const tag = 'replication';
const registryParams = z.object({ registryId: z.string() });
const destinationParams = z.object({
  registryId: z.string(),
  region: regionSchema,
  destinationRegistryId: registryIdSchema,
});

const destination = z.object({
  region: z.string(),
  registryId: z.string(),
  host: z.string(),
  isPlainHttp: z.boolean(),
  namespace: z.string().describe('Precedes the names of repositories there'),
  username: z.string().nullable(),
  maxBytesPerSecond: z.int().nullable(),
  pausedUntil: z.date().nullable().describe('Unreachable until then'),
  lastProblem: z.string().nullable(),
  comparedAt: z.date().nullable().describe('The last nightly comparison'),
  comparedCount: z.int().describe('Tags and images that it looked at'),
  driftedCount: z.int().describe('Those that were deleted or changed there, and are copied again'),
  pending: z.int(),
  complete: z.int(),
  failed: z.int(),
  lagSeconds: z.number().describe('The age of the oldest pending copy'),
});

const replica = z.object({
  region: z.string(),
  registryId: z.string(),
  status: z.enum(['IN_PROGRESS', 'COMPLETE', 'FAILED']),
  failureCode: z.string().nullable(),
  failure: z.string().nullable(),
  reference: z.string().describe('Pulls the image from there'),
});

export const REPLICATION_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/replication',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "Get a registry's replication rules, and its destinations with lag and failures",
    params: registryParams,
    output: z.object({ rules: z.array(replicationRuleSchema), destinations: z.array(destination) }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return showReplication(app, { caller, registryKey });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/replication',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: "Replace a registry's replication rules. An empty list ends replication",
    params: registryParams,
    body: z.strictObject({ rules: z.array(replicationRuleSchema) }),
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await putReplicationConfiguration(app, { caller, registryKey, rules: body.rules });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/replication/destinations/{region}/{destinationRegistryId}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Add or change a destination. Without a password, the stored one stays',
    params: destinationParams,
    body: destinationSettingsSchema,
    handle: async (app, { caller, params: { registryId, region, destinationRegistryId }, body: settings }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      const name = { region, registryId: destinationRegistryId };
      await saveDestination(app, { caller, registryKey, name, settings });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/replication/destinations/{region}/{destinationRegistryId}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Remove a destination that no rule names. Images there stay',
    params: destinationParams,
    handle: async (app, { caller, params: { registryId, region, destinationRegistryId } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await removeDestination(app, { caller, registryKey, name: { region, registryId: destinationRegistryId } });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/images/{digest}/replicas',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: "Get an image's replication status, and where else it can be pulled",
    params: repositoryParams.extend({ digest: z.string().refine(isDigest, 'Enter a digest.') }),
    output: z.object({ replicas: z.array(replica) }),
    handle: async (app, { caller, params: { repository, digest } }) => ({
      replicas: await showImageReplicas(app, { caller, fullName: repository, digest }),
    }),
  }),
];

// Pull-through: a registry's mirrors, their upstreams and health. Passwords are write-only.
import { z } from 'zod';
import { describeRegistry } from '#lib/repositories/queries.ts';
import { visibilitySchema } from '#lib/repositories/schema.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { checkMirror } from '#lib/upstream/mirrors/check-mirror.ts';
import { deleteUpstream } from '#lib/upstream/mirrors/delete-upstream.ts';
import { mirrorRegistry, stopMirroringRegistry } from '#lib/upstream/mirrors/mirror-registry.ts';
import { mirrorRepository } from '#lib/upstream/mirrors/mirror-repository.ts';
import { pinMirror } from '#lib/upstream/mirrors/pin-mirror.ts';
import { countMirrors, findRegistryMirror, listMirrors, listUpstreams } from '#lib/upstream/mirrors/queries.ts';
import { removeMirror } from '#lib/upstream/mirrors/remove-mirror.ts';
import { tagRuleSchema, upstreamSettingsSchema } from '#lib/upstream/schema.ts';
import { defineRoute, type RestApp } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';
import { pageSchema } from '../paging.ts';

const tag = 'mirrors';
const registrySchema = z.object({ registryId: z.string() });
const mirrorKeySchema = registrySchema.extend({
  name: z.string().max(300).describe('Without the alias, with each slash encoded as %2F'),
});
const settingsSchema = upstreamSettingsSchema.describe('Omitted settings keep their values');

const mirrorSchema = z.object({
  name: z.string(),
  visibility: visibilitySchema,
  upstreamHost: z.string(),
  upstreamName: z.string(),
  isPinned: z.boolean(),
  tagCount: z.number(),
  cachedBytes: z.number(),
  pullCount: z.number(),
  checkedAt: z.date().nullable(),
});

const statsSchema = z
  .object({
    hitRate: z.number().nullable().describe('Between 0 and 1. Null without pulls'),
    pulls: z.number(),
    stale: z.number(),
    failures: z.number(),
    fetchedBytes: z.number(),
    servedBytes: z.number(),
  })
  .describe('The last 7 days');

const upstreamSchema = z.object({
  host: z.string(),
  isPlainHttp: z.boolean(),
  tokenHost: z.string().nullable(),
  username: z.string().nullable(),
  tagTtlSeconds: z.number(),
  tagRules: z.array(tagRuleSchema),
  staleSeconds: z.number(),
  answeredAt: z.date().nullable(),
  problem: z.string().nullable().describe('Why it is failing. Null while it works'),
  problemAt: z.date().nullable(),
  brokenUntil: z.date().nullable().describe('Requests to it are paused until then'),
  rateLimit: z
    .object({ limit: z.number(), remaining: z.number(), windowSeconds: z.number(), seenAt: z.date() })
    .nullable(),
  mirrorCount: z.number(),
  isOfRegistry: z.boolean(),
  stats: statsSchema,
});

export const MIRROR_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/mirrors',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'List mirrored repositories. For members',
    params: registrySchema,
    query: pageSchema,
    output: z.object({ total: z.number(), mirrors: z.array(mirrorSchema) }),
    handle: async (app, { caller, params, query }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      const total = await countMirrors(app, { registryKey });
      return { total, mirrors: await listMirrors(app, { registryKey, ...query }) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/upstreams',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'List upstreams with their health. For members',
    params: registrySchema,
    output: z.object({ upstreams: z.array(upstreamSchema) }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { upstreams: await listUpstreams(app, { registryKey }) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/upstreams/{host}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Delete an unused upstream and its credentials',
    params: registrySchema.extend({ host: z.string().max(300) }),
    handle: async (app, { caller, params: { registryId, host } }) => {
      const { id } = await findOwnRegistry(app, caller, registryId);
      return deleteUpstream(app, { caller, registryKey: id, host });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/mirrors/{name}',
    tag,
    access: 'user',
    reach: { to: 'mirror', actions: ['push'] },
    summary: "Create or change a mirror of another registry's repository",
    params: mirrorKeySchema,
    body: z.object({
      upstream: settingsSchema,
      upstreamName: z.string().describe("The repository's name at the upstream"),
    }),
    handle: async (app, { caller, params: { registryId, name }, body }) => {
      const alias = await findPrimaryAlias(app, caller, registryId);
      return mirrorRepository(app, { caller, alias, name, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/mirrors/{name}',
    tag,
    access: 'user',
    reach: { to: 'mirror', actions: ['delete'] },
    summary: 'Remove a mirror. The upstream keeps its images',
    params: mirrorKeySchema,
    handle: async (app, { caller, params }) => {
      return removeMirror(app, { caller, fullName: await findFullName(app, caller, params) });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/mirrors/{name}/check',
    tag,
    access: 'user',
    reach: { to: 'mirror', actions: ['push'] },
    summary: 'Check the upstream now',
    params: mirrorKeySchema,
    output: z.object({
      problem: z.string().nullable().describe('Null when the upstream works'),
      tag: z.string().nullable().describe('A tag that can be pulled'),
    }),
    handle: async (app, { caller, params }) => {
      return checkMirror(app, { caller, fullName: await findFullName(app, caller, params) });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/mirrors/{name}/pin',
    tag,
    access: 'user',
    reach: { to: 'mirror', actions: ['push'] },
    summary: 'Exempt a mirror from cache eviction',
    params: mirrorKeySchema,
    handle: async (app, { caller, params }) => {
      return pinMirror(app, { caller, fullName: await findFullName(app, caller, params), isPinned: true });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/mirrors/{name}/pin',
    tag,
    access: 'user',
    reach: { to: 'mirror', actions: ['push'] },
    summary: 'Allow cache eviction of a mirror again',
    params: mirrorKeySchema,
    handle: async (app, { caller, params }) => {
      return pinMirror(app, { caller, fullName: await findFullName(app, caller, params), isPinned: false });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/mirror',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'Get which registry a registry mirrors as a whole. For members',
    params: registrySchema,
    output: z.object({
      mirror: z
        .object({
          host: z.string(),
          prefix: z.string(),
          answersFor: z.array(z.string()).describe('Hosts routed to it by the operator'),
        })
        .nullable(),
    }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { mirror: await findRegistryMirror(app, { registryKey }) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/mirror',
    tag,
    access: 'user',
    reach: { to: 'repositories', actions: ['push'] },
    summary: 'Pull unknown names through from another registry',
    params: registrySchema,
    body: z.object({
      upstream: settingsSchema,
      prefix: z.string().default('').describe('Prefix of every name at the upstream'),
    }),
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return mirrorRegistry(app, { caller, registryKey, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/mirror',
    tag,
    access: 'user',
    reach: { to: 'repositories', actions: ['push'] },
    summary: 'Stop pulling unknown names through. Mirrored repositories stay mirrors',
    params: registrySchema,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return stopMirroringRegistry(app, { caller, registryKey });
    },
  }),
];

/** Use cases address repositories by full name. */
async function findFullName(
  app: RestApp,
  caller: UserCaller,
  { registryId, name }: { registryId: string; name: string },
): Promise<string> {
  return `${await findPrimaryAlias(app, caller, registryId)}/${name}`;
}

async function findPrimaryAlias(app: RestApp, caller: UserCaller, registryId: string): Promise<string> {
  const { id } = await findOwnRegistry(app, caller, registryId);
  const { aliases } = await describeRegistry(app, { registryKey: id });
  return (aliases.find(({ primary }) => primary) ?? aliases[0])?.name ?? registryId;
}

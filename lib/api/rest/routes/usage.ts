// What a registry stores and moves.
import { z } from 'zod';
import { describeUsage } from '#lib/publishers/registry-quota.ts';
import {
  lastDays,
  listStorage,
  listTraffic,
  MAX_USAGE_DAYS,
  readUsage,
  type UsagePeriod,
} from '#lib/repositories/usage/read-usage.ts';
import { NETWORKS } from '#lib/repositories/usage/schema.ts';
import { exportStorage } from '../exports/export-storage.ts';
import { exportTraffic } from '../exports/export-traffic.ts';
import { defineRoute } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';

const tag = 'account';
const DEFAULT_DAYS = 30;
const MAX_REPOSITORIES = 1_000;

const registrySchema = z.object({ registryId: z.string() });
const day = z.iso.date('Enter a date such as 2026-11-24.');
const periodSchema = z.object({
  from: day.optional().describe(`First day by UTC. By default, ${DEFAULT_DAYS} days up to today`),
  to: day.optional().describe(`Last day, at most ${MAX_USAGE_DAYS} days later`),
});

function toPeriod(asked: z.output<typeof periodSchema>): UsagePeriod {
  const { from, to } = lastDays(DEFAULT_DAYS);
  return { from: asked.from ?? from, to: asked.to ?? to };
}

const moved = {
  sentBytes: z.number().describe('Pulled by clients'),
  receivedBytes: z.number().describe('Pushed by clients'),
};

export const USAGE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/usage',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "Get a registry's storage usage and quota",
    params: registrySchema,
    output: z.object({
      storedBytes: z.number().describe("Distinct blobs, including restorable deletions but not mirrors' caches"),
      stagedBytes: z.number().describe('Open uploads'),
      quotaBytes: z.number().nullable().describe('Null means unlimited'),
    }),
    handle: async (app, { caller, params }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return describeUsage(app, id);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/usage/traffic',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'Get what a registry stores, and what it stored and moved by day, network and repository',
    params: registrySchema,
    query: periodSchema,
    output: z.object({
      from: z.string(),
      to: z.string(),
      storedBytes: z.number().describe('Distinct blobs'),
      linkedBytes: z.number().describe('The sum over repositories, in which a shared blob counts several times'),
      networks: z.array(z.object({ network: z.enum(NETWORKS), ...moved })),
      days: z.array(
        z.object({
          day: z.string(),
          ...moved,
          storedBytes: z
            .number()
            .nullable()
            .describe('Measured once a day. Today as it is now, and null if not measured'),
          linkedBytes: z.number().nullable(),
        }),
      ),
      repositories: z
        .array(z.object({ repository: z.string(), storedBytes: z.number(), ...moved }))
        .describe(`The largest, at most ${MAX_REPOSITORIES}. The export lists every repository that moved bytes`),
    }),
    handle: async (app, { caller, params, query }) => {
      const period = toPeriod(query);
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      const { networks, ...usage } = await readUsage(app, { registryKey: id, period, limit: MAX_REPOSITORIES });
      return { ...period, ...usage, networks: NETWORKS.map((network) => ({ network, ...networks[network] })) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/usage/traffic/export',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'Export what a registry moved as CSV, by day, repository and network',
    params: registrySchema,
    query: periodSchema,
    handle: async (app, { caller, params, query }) => {
      const period = toPeriod(query);
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return exportTraffic(await listTraffic(app, { registryKey: id, period }));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/usage/storage/export',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'Export what a registry stored as CSV, by day',
    params: registrySchema,
    query: periodSchema,
    handle: async (app, { caller, params, query }) => {
      const period = toPeriod(query);
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return exportStorage(await listStorage(app, { registryKey: id, period }));
    },
  }),
];

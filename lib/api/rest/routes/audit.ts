// Who did what: a registry's for its members, everything for admins.
import { z } from 'zod';
import { findRegistry } from '#lib/catalog/find-repository.ts';
import { exportAudit, readAudit } from '#lib/catalog/read-audit.ts';
import { AppError } from '#lib/platform/errors.ts';
import { defineRoute, type RestApp } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';
import { keysetSchema } from '../paging.ts';
import { streamLines } from '../stream-lines.ts';

const tag = 'audit';
const registrySchema = z.object({ registryId: z.string() });

const date = z.coerce.date({ error: 'That is no date.' }).optional();
const filterSchema = z.object({
  actor: z.string().max(254).optional().describe('Part of the e-mail address'),
  action: z.string().max(100).optional().describe('What the action begins with, such as tag.'),
  target: z.string().max(300).optional().describe('Part of the target'),
  from: date.describe('Since then'),
  to: date.describe('Before then'),
});

const siteFilterSchema = filterSchema.extend({
  registry: z.string().max(100).optional().describe('Of this registry only; its 12 digits'),
});

/** @throws AppError `not_found` */
async function findId(app: RestApp, registry: string | undefined): Promise<bigint | null> {
  if (registry === undefined) return null;
  const found = await findRegistry(app, registry);
  if (!found) throw new AppError('not_found', 'There is no such registry.');
  return found.id;
}

const outputSchema = z.object({
  events: z.array(
    z.object({
      id: z.string(),
      at: z.date(),
      actorId: z.string().nullable(),
      actor: z.string(),
      action: z.string(),
      target: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      address: z.string().nullable().describe('For admins only'),
    }),
  ),
});

export const AUDIT_ROUTES = [
  defineRoute({
    ...{ method: 'GET', path: '/registries/{registryId}/audit', tag, access: 'user' },
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'What happened in a registry, the latest first',
    params: registrySchema,
    query: filterSchema.extend(keysetSchema.shape),
    output: outputSchema,
    handle: async (app, { caller, params, query: { before, limit, ...filter } }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return { events: await readAudit(app, { caller, registryId: id, filter, before, limit }) };
    },
  }),
  defineRoute({
    ...{ method: 'GET', path: '/registries/{registryId}/audit/export', tag, access: 'user' },
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'All of it as JSON lines',
    params: registrySchema,
    query: filterSchema,
    handle: async (app, { caller, params, query: filter }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return streamLines(await exportAudit(app, { caller, registryId: id, filter }), 'audit.jsonl');
    },
  }),
  defineRoute({
    ...{ method: 'GET', path: '/admin/audit', tag, access: 'admin' },
    reach: { to: 'site' },
    summary: 'What happened on the whole site, the latest first',
    query: siteFilterSchema.extend(keysetSchema.shape),
    output: outputSchema,
    handle: async (app, { caller, query: { before, limit, registry, ...filter } }) => {
      const registryId = await findId(app, registry);
      return { events: await readAudit(app, { caller, registryId, filter, before, limit }) };
    },
  }),
  defineRoute({
    ...{ method: 'GET', path: '/admin/audit/export', tag, access: 'admin' },
    reach: { to: 'site' },
    summary: 'All of it as JSON lines',
    query: siteFilterSchema,
    handle: async (app, { caller, query: { registry, ...filter } }) => {
      const registryId = await findId(app, registry);
      return streamLines(await exportAudit(app, { caller, registryId, filter }), 'audit.jsonl');
    },
  }),
];

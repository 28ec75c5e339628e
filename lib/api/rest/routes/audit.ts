// The audit log: a registry's for its members, the whole site's for admins.
import { z } from 'zod';
import { findRegistry } from '#lib/repositories/find-repository.ts';
import { auditFormatSchema } from '#lib/events/format-audit.ts';
import { readAudit, type AuditEventView, type AuditSearch } from '#lib/events/read-audit.ts';
import { AppError } from '#lib/platform/errors.ts';
import { defineRoute, type RestApp } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';
import { keysetSchema } from '../paging.ts';
import { streamAudit } from '../exports/stream-audit.ts';

const tag = 'audit';
const registrySchema = z.object({ registryId: z.string() });

const date = z.coerce.date({ error: 'Enter a date.' }).optional();
/** Rejects NUL and lone surrogates, which PostgreSQL refuses and no stored text contains. */
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'Enter visible characters.')
    .optional();

const filterSchema = z.object({
  principal: text(254).describe('Email address or id of a user, "anonymous" or "system"'),
  actor: text(254).describe('Part of the email address'),
  action: text(100).describe('Prefix of the action, such as tag. or image.pull'),
  repository: text(255).describe('Full name. Within a registry, the name alone suffices'),
  digest: text(150).describe(
    'Digest of a manifest or blob that was pulled, pushed or deleted, or that a tag moved to or from',
  ),
  tag: text(128).describe('Name of a tag that was pulled or changed'),
  accessKeyId: text(128).describe('Access key that signed the request, or that its credential was issued for'),
  address: text(60).describe('Client address. For admins, and for owners and maintainers of the registry'),
  userAgent: text(200).describe('Part of the user agent. For admins, and for owners and maintainers of the registry'),
  target: text(300).describe('Part of the target'),
  since: date.describe('Inclusive start'),
  until: date.describe('Exclusive end'),
  from: date.describe('Alias of since'),
  to: date.describe('Alias of until'),
});

const siteFilterSchema = filterSchema.extend({
  registry: text(100).describe('12 digits of a registry'),
});

const exportShape = { format: auditFormatSchema };

function toSearch({ since, until, from, to, ...rest }: z.output<typeof filterSchema>): AuditSearch {
  return { ...rest, from: since ?? from, to: until ?? to };
}

/** @throws AppError `not_found` */
async function findId(app: RestApp, registry: string | undefined): Promise<bigint | null> {
  if (registry === undefined) return null;
  const found = await findRegistry(app, registry);
  if (!found) throw new AppError('not_found', "The registry doesn't exist.");
  return found.id;
}

const outputSchema = z.object({
  events: z.array(
    z.object({
      id: z.string(),
      at: z.date().describe('Time of the first occurrence'),
      lastAt: z.date().describe('Time of the last occurrence'),
      count: z
        .number()
        .describe(
          'Occurrences. Equal pulls within a second, and equal logins and refusals within an hour, form one event',
        ),
      actorId: z.string().nullable(),
      actor: z.string().describe('Email address, "anonymous" or "system"'),
      action: z.string(),
      target: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      address: z.string().nullable().describe('For admins, and for owners and maintainers of the registry'),
      userAgent: z.string().nullable().describe('For admins, and for owners and maintainers of the registry'),
      credential: z
        .string()
        .nullable()
        .describe('access_token, refresh_token, registry_token or access_key. Null for a session or no credential'),
      accessTokenId: z.string().nullable().describe('The access token used'),
      accessKeyId: z.string().nullable().describe('The access key used'),
      requestId: z.string().nullable().describe('Null for an event that counts several requests'),
      registryId: z.string().nullable().describe('12 digits. Null for an event of the site'),
    }),
  ),
  next: z.string().nullable().describe('`before` of the next page. Null on the last page'),
});

function toPage(events: AuditEventView[], limit: number): z.input<typeof outputSchema> {
  return { events, next: events.length < limit ? null : (events.at(-1)?.id ?? null) };
}

export const AUDIT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/audit',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'List audit events and pulls of a registry, latest first',
    params: registrySchema,
    query: filterSchema.extend(keysetSchema.shape),
    output: outputSchema,
    handle: async (app, { caller, params, query: { before, limit, ...filter } }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return toPage(await readAudit(app, { caller, registryKey: id, filter: toSearch(filter), before, limit }), limit);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/audit/export',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'Export the audit log as JSON lines, CSV or CloudTrail records',
    params: registrySchema,
    query: filterSchema.extend(exportShape),
    handle: async (app, { caller, params, query: { format, ...filter } }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return streamAudit(app, { caller, registryKey: id, filter: toSearch(filter) }, format);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/audit',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List audit events and pulls of the whole site, latest first',
    query: siteFilterSchema.extend(keysetSchema.shape),
    output: outputSchema,
    handle: async (app, { caller, query: { before, limit, registry, ...filter } }) => {
      const registryKey = await findId(app, registry);
      return toPage(await readAudit(app, { caller, registryKey, filter: toSearch(filter), before, limit }), limit);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/audit/export',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Export the audit log of the whole site as JSON lines, CSV or CloudTrail records',
    query: siteFilterSchema.extend(exportShape),
    handle: async (app, { caller, query: { registry, format, ...filter } }) => {
      const registryKey = await findId(app, registry);
      return streamAudit(app, { caller, registryKey, filter: toSearch(filter) }, format);
    },
  }),
];

// Review of alias requests, reserved names, and moderation of aliases and publishers.
import { z } from 'zod';
import { reinstateAlias, suspendAlias } from '#lib/aliases/change-alias.ts';
import { importReservedNames } from '#lib/aliases/reserved/import-reserved-names.ts';
import { QUEUE_VIEWS, countQueue, listQueue } from '#lib/aliases/queries.ts';
import {
  addReservedName,
  listReservedNames,
  removeReservedName,
  reservedNameSchema,
} from '#lib/aliases/reserved/reserved-names.ts';
import { decideName, listFlaggedNames } from '#lib/aliases/review/review-names.ts';
import {
  approveRequest,
  askForInformation,
  claimRequest,
  declineRequest,
  putBackRequest,
} from '#lib/aliases/review/review-request.ts';
import { DECLINE_REASONS, REQUEST_STATUSES, RESERVED_KINDS, RESERVED_MATCHES } from '#lib/aliases/schema.ts';
import { verifyPublisher } from '#lib/publishers/verification/verify-publisher.ts';
import { defineRoute } from '../define-route.ts';
import { logoUrl } from '../logo-url.ts';
import { pageSchema } from '../paging.ts';
import { requestSchema } from './aliases.ts';

const tag = 'review';
const idSchema = z.object({ id: z.string() });
const nameSchema = z.object({ name: z.string() });
const versionSchema = z.object({ version: z.number().int().describe('Version of the request you saw') });
const statusSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(REQUEST_STATUSES),
  version: z.number(),
});
const reasonSchema = z.string().trim().min(1, 'Enter a reason.').max(500, 'Enter at most 500 characters.');

export const REVIEW_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/review/alias-requests',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'List the review queue with the count of each view',
    query: pageSchema.extend({ view: z.enum(QUEUE_VIEWS).default('open'), q: z.string().max(50).default('') }),
    output: z.object({
      requests: z.array(requestSchema.extend({ reviewer: z.string().nullable(), claimedUntil: z.date().nullable() })),
      total: z.number(),
      counts: z.record(z.enum(QUEUE_VIEWS), z.number()),
    }),
    handle: async (app, { caller, query: { q, ...query } }) => {
      const page = await listQueue(app, { caller, query: q, ...query });
      return { ...page, counts: await countQueue(app, { caller }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/review/alias-requests/{id}/claim',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'Claim a request for 30 minutes',
    params: idSchema,
    output: statusSchema,
    handle: (app, { caller, params }) => claimRequest(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/review/alias-requests/{id}/put-back',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'Return a claimed request to the queue',
    params: idSchema,
    body: versionSchema,
    output: statusSchema,
    handle: (app, { caller, params, body }) => putBackRequest(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/review/alias-requests/{id}/ask',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'Ask the requester for information',
    params: idSchema,
    body: versionSchema.extend({ message: z.string() }),
    output: statusSchema,
    handle: (app, { caller, params, body }) => askForInformation(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/review/alias-requests/{id}/approve',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'Approve a request. If it takes two approvals, the first one returns it for a second reviewer',
    params: idSchema,
    body: versionSchema.extend({
      note: z.string().default('').describe('For reviewers. Required when a check has flagged the request'),
    }),
    output: statusSchema,
    handle: (app, { caller, params, body }) => approveRequest(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/review/alias-requests/{id}/decline',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'Decline a request with a reason for the requester',
    params: idSchema,
    body: versionSchema.extend({ reason: z.enum(DECLINE_REASONS), message: z.string().default('') }),
    output: statusSchema,
    handle: (app, { caller, params, body }) => declineRequest(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'GET',
    path: '/review/names',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'List flagged display names, oldest first. The alias is shown until one is decided',
    query: pageSchema,
    output: z.object({
      names: z.array(
        z.object({
          registryId: z.string(),
          alias: z.string(),
          displayName: z.string(),
          logoUrl: z.string().nullable(),
          reason: z.string(),
          flaggedAt: z.date(),
          isVerified: z.boolean(),
        }),
      ),
      total: z.number(),
    }),
    handle: async (app, { caller, query }) => {
      const { names, total } = await listFlaggedNames(app, { caller, ...query });
      const rows = names.map(({ logoId, verification, ...name }) => ({
        ...name,
        logoUrl: logoUrl(app, logoId),
        isVerified: verification !== null,
      }));
      return { names: rows, total };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/review/names/{registryId}',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'Approve or decline a flagged display name',
    params: z.object({ registryId: z.string() }),
    body: z.object({ name: z.string().describe('The name you saw'), isApproved: z.boolean() }),
    handle: (app, { caller, params, body }) => decideName(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'GET',
    path: '/reserved-names',
    tag,
    access: 'reviewer',
    reach: { to: 'site' },
    summary: 'List reserved names',
    query: pageSchema.extend({ q: z.string().max(50).default(''), kind: z.enum(RESERVED_KINDS).optional() }),
    output: z.object({
      entries: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          kind: z.enum(RESERVED_KINDS),
          match: z.enum(RESERVED_MATCHES),
          reason: z.string(),
          source: z.string(),
          createdAt: z.date(),
        }),
      ),
      total: z.number(),
    }),
    handle: (app, { query: { q, kind, ...page } }) => listReservedNames(app, { query: q, kind: kind ?? null, ...page }),
  }),
  defineRoute({
    method: 'POST',
    path: '/reserved-names',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Reserve a name',
    body: reservedNameSchema,
    handle: (app, { caller, body }) => addReservedName(app, { caller, ...body }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/reserved-names/{id}',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Release a reserved name',
    params: idSchema,
    handle: (app, { caller, params }) => removeReservedName(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/reserved-names/import',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Import reserved names from CSV. A dry run reports the changes and collisions with existing aliases',
    body: z.object({ csv: z.string().max(900_000), isDryRun: z.boolean().default(true) }),
    output: z.object({
      added: z.number(),
      known: z.number(),
      problems: z.array(z.object({ line: z.number(), problem: z.string() })),
      collisions: z.array(z.object({ name: z.string(), alias: z.string() })),
    }),
    handle: (app, { caller, body }) => importReservedNames(app, { caller, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/aliases/{name}/suspend',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Suspend a custom alias',
    params: nameSchema,
    body: z.object({ reason: reasonSchema }),
    handle: (app, { caller, params, body }) => suspendAlias(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/aliases/{name}/reinstate',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Reinstate a suspended alias',
    params: nameSchema,
    handle: (app, { caller, params }) => reinstateAlias(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/registries/{registryId}/verification',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Verify a publisher, or unverify it with `reason: null`',
    params: z.object({ registryId: z.string() }),
    body: z.object({
      reason: z.string().nullable(),
      displayName: z
        .string()
        .optional()
        .describe('The display name you saw, which verifying approves. Without it only the publisher is verified'),
    }),
    handle: (app, { caller, params, body }) => verifyPublisher(app, { caller, ...params, ...body }),
  }),
];

// Aliases and the requests for them, from the publisher's side.
import { z } from 'zod';
import { answerRequest, appealRequest, withdrawRequest } from '#lib/aliases/requests/answer-request.ts';
import { makeAliasPrimary, releaseAlias } from '#lib/aliases/change-alias.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import { checkDomainProof, startDomainProof } from '#lib/publishers/verification/prove-domain.ts';
import { getRequest, getReviewTimes, listRequestsOf } from '#lib/aliases/queries.ts';
import { draftAliasRequest, submitAliasRequest } from '#lib/aliases/requests/request-alias.ts';
import { CHECK_CODES, REQUEST_STATUSES, VERDICTS, requestInputSchema } from '#lib/aliases/schema.ts';
import { writeEntry } from '#lib/aliases/requests/write-entry.ts';
import { defineRoute } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';

const tag = 'aliases';
const idSchema = z.object({ id: z.string() });
const registrySchema = z.object({ registryId: z.string() });
const nameSchema = z.object({ name: z.string() });
const messageSchema = z.object({ message: z.string() });

const checkSchema = z.object({ code: z.enum(CHECK_CODES), verdict: z.enum(VERDICTS), sentence: z.string() });

export const requestSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(REQUEST_STATUSES),
  registryId: z.string(),
  publisher: z.string(),
  risk: z.number(),
  needsTwo: z.boolean(),
  isAppeal: z.boolean(),
  version: z.number(),
  submittedAt: z.date().nullable(),
  updatedAt: z.date(),
});

export const requestDetailSchema = requestSchema.extend({
  purpose: z.string(),
  links: z.array(z.string()),
  checks: z.array(checkSchema),
  declineReason: z.string().nullable(),
  entries: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['message', 'note', 'status']),
      author: z.string(),
      body: z.string(),
      at: z.date(),
    }),
  ),
});

const statusSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(REQUEST_STATUSES),
  version: z.number(),
});

const proofSchema = z.object({
  id: z.string(),
  domain: z.string(),
  method: z.enum(['dns', 'well_known']),
  challenge: z.string(),
  status: z.enum(['pending', 'proven', 'missing', 'lost']),
  expiresAt: z.date(),
  provenAt: z.date().nullable(),
  checkedAt: z.date().nullable(),
});

export const ALIAS_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/alias-check',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'Would this name be refused, and by what?',
    params: registrySchema,
    query: nameSchema,
    output: z.object({ verdict: z.enum(VERDICTS), needsTwo: z.boolean(), checks: z.array(checkSchema) }),
    handle: async (app, { caller, params, query }) => {
      const registry = await findOwnRegistry(app, caller, params.registryId);
      return checkAlias(app, { name: query.name, registryKey: registry.id });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/alias-requests',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "A registry's requests, and how long reviews take these days",
    params: registrySchema,
    output: z.object({
      requests: z.array(requestSchema),
      reviewTimes: z.object({ medianHours: z.number(), p90Hours: z.number(), decided: z.number() }).nullable(),
    }),
    handle: async (app, { caller, params }) => {
      const registry = await findOwnRegistry(app, caller, params.registryId);
      const requests = await listRequestsOf(app, { registryKey: registry.id });
      return { requests, reviewTimes: await getReviewTimes(app) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/alias-requests',
    tag,
    access: 'user',
    status: 201,
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Asks for an alias; with `submit: false` it stays a draft',
    params: registrySchema,
    body: requestInputSchema.extend({ submit: z.boolean().default(true) }),
    output: statusSchema,
    handle: async (app, { caller, params, body: { submit, ...body } }) => {
      const registry = await findOwnRegistry(app, caller, params.registryId);
      const draft = await draftAliasRequest(app, { caller, registryKey: registry.id, ...body });
      return submit ? submitAliasRequest(app, { caller, id: draft.id }) : draft;
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/alias-requests/{id}',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['pull'] },
    summary: 'One request with its checks and its thread',
    params: idSchema,
    output: requestDetailSchema,
    handle: (app, { caller, params }) => getRequest(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/alias-requests/{id}/submit',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['push'] },
    summary: 'Submits a draft',
    params: idSchema,
    output: statusSchema,
    handle: (app, { caller, params }) => submitAliasRequest(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/alias-requests/{id}/answer',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['push'] },
    summary: "Answers a reviewer's question",
    params: idSchema,
    body: messageSchema,
    output: statusSchema,
    handle: (app, { caller, params, body }) => answerRequest(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/alias-requests/{id}/withdraw',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['push'] },
    summary: 'Takes a request back; its name is free again',
    params: idSchema,
    output: statusSchema,
    handle: (app, { caller, params }) => withdrawRequest(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/alias-requests/{id}/appeal',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['push'] },
    summary: 'Asks another reviewer to look at a decline, once and within 30 days',
    params: idSchema,
    body: messageSchema,
    output: statusSchema,
    handle: (app, { caller, params, body }) => appealRequest(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/alias-requests/{id}/entries',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['push'] },
    summary: 'Writes a message, or as a reviewer a private note',
    params: idSchema,
    body: z.object({ kind: z.enum(['message', 'note']).default('message'), body: z.string() }),
    handle: (app, { caller, params, body }) => writeEntry(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/aliases/{name}/primary',
    tag,
    access: 'user',
    reach: { to: 'alias', actions: ['push'] },
    summary: 'Makes an alias the one that is shown',
    params: nameSchema,
    handle: (app, { caller, params }) => makeAliasPrimary(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/aliases/{name}',
    tag,
    access: 'user',
    reach: { to: 'alias', actions: ['delete'] },
    summary: 'Gives an alias up, for good',
    params: nameSchema,
    handle: (app, { caller, params }) => releaseAlias(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/domain-proofs',
    tag,
    access: 'user',
    status: 201,
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Begins the proof of a domain: put the challenge where the method says',
    params: registrySchema,
    body: z.object({ domain: z.string(), method: z.enum(['dns', 'well_known']) }),
    output: proofSchema,
    handle: async (app, { caller, params, body }) => {
      const registry = await findOwnRegistry(app, caller, params.registryId);
      return startDomainProof(app, { caller, registryKey: registry.id, ...body });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/domain-proofs/{id}/check',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Looks for the challenge now',
    params: registrySchema.extend({ id: z.uuid('That is no proof.') }),
    output: proofSchema,
    handle: async (app, { caller, params }) => {
      const registry = await findOwnRegistry(app, caller, params.registryId);
      return checkDomainProof(app, { caller, registryKey: registry.id, id: params.id });
    },
  }),
];

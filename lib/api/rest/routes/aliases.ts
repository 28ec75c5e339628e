// Aliases and alias requests, for publishers.
import { z } from 'zod';
import { answerRequest, appealRequest, withdrawRequest } from '#lib/aliases/requests/answer-request.ts';
import { makeAliasPrimary, releaseAlias } from '#lib/aliases/change-alias.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import { checkDomainProof, startDomainProof } from '#lib/publishers/verification/prove-domain.ts';
import { getRequest, getReviewTimes, listRequestsOf } from '#lib/aliases/queries.ts';
import { editAliasDraft } from '#lib/aliases/requests/edit-draft.ts';
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
    summary: 'Check whether an alias can be requested',
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
    summary: "List a registry's alias requests and current review times",
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
    summary: 'Request an alias, or save a draft with `submit: false`',
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
    summary: 'Get an alias request with its checks and messages',
    params: idSchema,
    output: requestDetailSchema,
    handle: (app, { caller, params }) => getRequest(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/alias-requests/{id}',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['push'] },
    summary: 'Edit a draft',
    params: idSchema,
    body: requestInputSchema,
    output: statusSchema,
    handle: (app, { caller, params, body }) => editAliasDraft(app, { caller, id: params.id, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/alias-requests/{id}/submit',
    tag,
    access: 'user',
    reach: { to: 'alias-request', actions: ['push'] },
    summary: 'Submit a draft',
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
    summary: "Answer a reviewer's question",
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
    summary: 'Withdraw a request, which frees its name',
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
    summary: 'Appeal a declined request, once within 30 days',
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
    summary: 'Send a message, or as a reviewer a private note',
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
    summary: 'Make an alias the primary one',
    params: nameSchema,
    handle: (app, { caller, params }) => makeAliasPrimary(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/aliases/{name}',
    tag,
    access: 'user',
    reach: { to: 'alias', actions: ['delete'] },
    summary: 'Release an alias permanently',
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
    summary: 'Start a domain verification, whose challenge you publish as the method says',
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
    summary: 'Check a domain verification now',
    params: registrySchema.extend({ id: z.uuid('Enter the id of a domain verification.') }),
    output: proofSchema,
    handle: async (app, { caller, params }) => {
      const registry = await findOwnRegistry(app, caller, params.registryId);
      return checkDomainProof(app, { caller, registryKey: registry.id, id: params.id });
    },
  }),
];

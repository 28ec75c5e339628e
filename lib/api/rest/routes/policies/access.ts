// Who may do what with a repository, and why.
import { z } from 'zod';
import { explainAccess } from '#lib/repositories/simulator/explain-access.ts';
import { listPrincipals } from '#lib/repositories/simulator/list-principals.ts';
import { MAX_ASKED_LENGTH } from '#lib/repositories/simulator/schema.ts';
import { defineRoute } from '../../define-route.ts';
import { repositoryParams } from '../open-repository.ts';

const tag = 'policies';
const text = z.string().max(MAX_ASKED_LENGTH, `Enter at most ${MAX_ASKED_LENGTH} characters.`);

const circumstances = z.object({
  action: text.default('pull').describe('pull, push, delete, or an action on repositories such as ecr:PutImage'),
  address: text.optional().describe("The client's IP address"),
  at: text.optional().describe('ISO 8601. Default: now'),
  tls: z.enum(['true', 'false'], 'tls must be true or false.').optional().describe('Default: as the site is served'),
  userAgent: text.optional(),
});

const explained = {
  principal: z.string(),
  arn: z.string().nullable(),
  isAllowed: z.boolean(),
  reason: z.string(),
  advice: z.string().nullable().describe('What would have to change'),
};
const nearSchema = z.object({
  policy: z.string(),
  statement: z.string().describe('The Sid, or the position in the policy'),
  effect: z.enum(['Allow', 'Deny']),
  why: z.enum(['condition', 'resource', 'delegation', 'overruled', 'denial', 'action']),
  failed: z.array(
    z.object({ operator: z.string(), key: z.string(), wanted: z.array(z.string()), given: z.array(z.string()) }),
  ),
  sentence: z.string(),
});

function toAsked({ tls, ...asked }: z.output<typeof circumstances>) {
  return { ...asked, ...(tls && { isSecure: tls === 'true' }) };
}

export const ACCESS_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/access',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Explain whether somebody may do something, and what would have to change. For owners and maintainers',
    params: repositoryParams,
    query: circumstances.extend({
      principal: text.describe("A member's email address, a robot, a registry's 12 digits, an ARN, * or anonymous"),
    }),
    output: z.object({
      ...explained,
      action: z.string(),
      address: z.string().nullable(),
      at: z.date(),
      isSecure: z.boolean(),
      userAgent: z.string().nullable(),
      decidedBy: z.object({ policy: z.string(), statement: z.string() }).nullable(),
      steps: z.array(z.object({ action: z.string(), isAllowed: z.boolean() })),
      explainedStep: z.string().describe('The step that `decidedBy`, `reason` and `near` are about'),
      near: z.array(nearSchema).describe('Statements that nearly decided otherwise'),
    }),
    handle: (app, { caller, params, query: { principal, ...asked } }) =>
      explainAccess(app, { caller, fullName: params.repository, principal, ...toAsked(asked) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/access/principals',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'List who may do something, and why others may not. For owners and maintainers',
    params: repositoryParams,
    query: circumstances,
    output: z.object({
      principals: z.array(
        z.object({ ...explained, kind: z.enum(['member', 'robot', 'role', 'outsider', 'anonymous']) }),
      ),
      isTruncated: z.boolean(),
    }),
    handle: (app, { caller, params, query }) =>
      listPrincipals(app, { caller, fullName: params.repository, ...toAsked(query) }),
  }),
];

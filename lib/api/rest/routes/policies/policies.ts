// Policies of repositories, in the grammar of IAM.
import { z } from 'zod';
import { deleteRepositoryPolicy } from '#lib/repositories/policies/delete-repository-policy.ts';
import { listPolicyRevisions, readRepositoryPolicy } from '#lib/repositories/policies/read-repository-policy.ts';
import { readTrustedWorkflow } from '#lib/repositories/policies/read-trusted-workflow.ts';
import { removeTrustedWorkflow } from '#lib/repositories/policies/remove-trusted-workflow.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { setTrustedWorkflow } from '#lib/repositories/policies/set-trusted-workflow.ts';
import { WORKFLOW_EXAMPLES } from '#lib/repositories/policies/workflow-statements.ts';
import { defineRoute } from '../../define-route.ts';
import { repositoryParams } from '../open-repository.ts';
import { findingSchema } from '../schemas/finding-schema.ts';
import { newPolicySchema, policyRevision, revisionsQuery, revisionsSchema } from '../schemas/policy-schema.ts';

const tag = 'policies';
const workflow = {
  issuer: z.string().describe('Of its token'),
  repositoryId: z.string().describe('The number of the repository at GitHub, or of the project at GitLab'),
  workflow: z
    .string()
    .describe(`${WORKFLOW_EXAMPLES.github}, or ${WORKFLOW_EXAMPLES.gitlab}. * matches any characters`),
};

export const POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/policy',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: "Get a repository's policy. Null if only roles decide",
    params: repositoryParams,
    output: z.object({ policy: z.string().nullable(), revision: policyRevision }),
    handle: (app, { caller, params }) => readRepositoryPolicy(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/policy',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: "Replace a repository's policy. Answers with what it warns about",
    params: repositoryParams,
    body: newPolicySchema,
    output: z.object({ revision: policyRevision, findings: z.array(findingSchema) }),
    handle: (app, { caller, params, body: { policy: text, force, editedRevision } }) =>
      setRepositoryPolicy(app, { caller, fullName: params.repository, text, force, editedRevision }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/policy',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: "Remove a repository's policy. Admins can also remove one that locks its registry out",
    params: repositoryParams,
    handle: async (app, { caller, params }) => {
      await deleteRepositoryPolicy(app, { caller, fullName: params.repository });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/policy/revisions',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: "List a repository's earlier policies and the present one, latest first",
    params: repositoryParams,
    query: revisionsQuery,
    output: revisionsSchema,
    handle: async (app, { caller, params, query: { before = null, limit } }) => {
      const { repositoryId } = await readRepositoryPolicy(app, { caller, fullName: params.repository });
      return { revisions: await listPolicyRevisions(app, { repositoryId, before, limit }) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/trusted-workflow',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get the only workflow that may push to a repository',
    params: repositoryParams,
    output: z.object({
      trustedWorkflow: z
        .object({ ...workflow, isInEffect: z.boolean().describe('False if the visibility has changed since') })
        .nullable()
        .describe('Null if pushes aren’t limited to one workflow'),
    }),
    handle: (app, { caller, params }) => readTrustedWorkflow(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/trusted-workflow',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: 'Take pushes from one workflow only, by statements of the policy. Keeps the others',
    params: repositoryParams,
    body: z.strictObject({
      ...workflow,
      issuer: workflow.issuer.nullable().default(null).describe('Default: GitHub or GitLab, by the workflow'),
    }),
    output: z.object(workflow),
    handle: (app, { caller, params, body }) =>
      setTrustedWorkflow(app, { caller, fullName: params.repository, ...body }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/trusted-workflow',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: 'Let everyone push again who may. Keeps the other statements of the policy',
    params: repositoryParams,
    handle: (app, { caller, params }) => removeTrustedWorkflow(app, { caller, fullName: params.repository }),
  }),
];

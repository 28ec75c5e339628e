// Policies of repositories, in the grammar of IAM.
import { z } from 'zod';
import { deleteRepositoryPolicy } from '#lib/repositories/policies/delete-repository-policy.ts';
import { listPolicyRevisions, readRepositoryPolicy } from '#lib/repositories/policies/read-repository-policy.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { defineRoute } from '../../define-route.ts';
import { repositoryParams } from '../open-repository.ts';
import { findingSchema } from '../schemas/finding-schema.ts';
import { newPolicySchema, policyRevision, revisionsQuery, revisionsSchema } from '../schemas/policy-schema.ts';

const tag = 'policies';

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
];

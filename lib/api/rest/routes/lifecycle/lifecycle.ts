// Lifecycle policies, their previews and reports, and archived images.
import { z } from 'zod';
import { previewLifecyclePolicy } from '#lib/images/lifecycle/preview-lifecycle-policy.ts';
import { showLifecycleRun } from '#lib/images/lifecycle/show-lifecycle-run.ts';
import { showLifecycleRuns } from '#lib/images/lifecycle/show-lifecycle-runs.ts';
import { updateStorageClass } from '#lib/images/storage-class/update-storage-class.ts';
import { deleteLifecyclePolicy } from '#lib/repositories/lifecycle/delete-lifecycle-policy.ts';
import { putLifecyclePolicy } from '#lib/repositories/lifecycle/put-lifecycle-policy.ts';
import { LIFECYCLE_ACTIONS, LIFECYCLE_OUTCOMES, protectedTagsSchema } from '#lib/repositories/lifecycle/schema.ts';
import { setProtectedTags } from '#lib/repositories/lifecycle/set-protected-tags.ts';
import { showLifecyclePolicy } from '#lib/repositories/lifecycle/show-lifecycle-policy.ts';
import { defineRoute } from '../../define-route.ts';
import { pageSchema } from '../../paging.ts';
import { repositoryParams } from '../open-repository.ts';

const tag = 'lifecycle';
const MAX_LIMIT = 1_000;

const policyText = z.string().describe('JSON in the grammar of ECR');
const outcome = z
  .enum(LIFECYCLE_OUTCOMES)
  .describe(
    'planned: the next run takes it. done: taken. listed: an index lists it. protected: by its tags. limited: a later run takes it. changed: it or the policy changed meanwhile',
  );

const run = {
  id: z.string(),
  text: policyText.describe('The policy that it applied'),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  imageCount: z.int().describe('Images of the repository, without attachments'),
  imageLimit: z.int().describe('The most images that the run may take'),
  freedBytes: z.number().describe('Freed once the deletions can no longer be restored'),
  taken: z.array(z.object({ rulePriority: z.int(), action: z.enum(LIFECYCLE_ACTIONS), outcome, count: z.int() })),
};

const runWithImages = z.object({
  ...run,
  images: z.array(
    z.object({
      position: z.int(),
      digest: z.string(),
      tags: z.array(z.string()),
      pushedAt: z.date(),
      lastPulledAt: z.date().nullable(),
      isArchived: z.boolean(),
      rulePriority: z.int(),
      action: z.enum(LIFECYCLE_ACTIONS),
      outcome,
    }),
  ),
  next: z.int().nullable().describe('The value of after for the next page'),
});

const imagesQuery = z.object({
  after: z.coerce.number({ error: 'after must be a number.' }).int().min(0).max(2_147_483_647).optional(),
  limit: z.coerce.number({ error: 'limit must be a number.' }).int().min(1).max(MAX_LIMIT).default(100),
  outcome: z.enum(LIFECYCLE_OUTCOMES).optional(),
});

export const LIFECYCLE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/lifecycle-policy',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: "Get a repository's lifecycle policy and its protected tags",
    params: repositoryParams,
    output: z.object({
      policy: policyText.nullable(),
      evaluatedAt: z.date().nullable().describe('When a run last finished'),
      protectedTags: z.array(z.string()),
    }),
    handle: (app, { caller, params }) => showLifecyclePolicy(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/lifecycle-policy',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: "Set a repository's lifecycle policy, which first runs after ten minutes",
    params: repositoryParams,
    body: z.object({ policy: policyText }),
    handle: (app, { caller, params, body }) =>
      putLifecyclePolicy(app, { caller, fullName: params.repository, text: body.policy }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/lifecycle-policy',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: "Remove a repository's lifecycle policy, which also stops its run",
    params: repositoryParams,
    handle: async (app, { caller, params }) => {
      await deleteLifecyclePolicy(app, { caller, fullName: params.repository });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/protected-tags',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: 'Set patterns of tags whose images no lifecycle policy touches',
    params: repositoryParams,
    body: z.object({ protectedTags: protectedTagsSchema }),
    handle: (app, { caller, params, body: { protectedTags } }) =>
      setProtectedTags(app, { caller, fullName: params.repository, protectedTags }),
  }),
  defineRoute({
    method: 'POST',
    path: '/repositories/{repository}/lifecycle-preview',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: 'Show what a lifecycle policy would take, by default the present one. Replaces the previous preview',
    params: repositoryParams,
    body: z.object({ policy: policyText.optional() }),
    output: runWithImages,
    handle: async (app, { caller, params, body }) => {
      const named = { caller, fullName: params.repository };
      await previewLifecyclePolicy(app, { ...named, text: body.policy });
      return showLifecycleRun(app, { ...named, id: null, limit: imagesQuery.parse({}).limit });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/lifecycle-preview',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get the latest preview of the last 24 hours, with its images, newest first',
    params: repositoryParams,
    query: imagesQuery,
    output: runWithImages,
    handle: (app, { caller, params, query: { outcome: only, ...page } }) =>
      showLifecycleRun(app, { caller, fullName: params.repository, id: null, ...page, outcomes: only && [only] }),
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/lifecycle-runs',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'List the reports of lifecycle runs in the last 90 days, latest first',
    params: repositoryParams,
    query: pageSchema,
    output: z.object({ total: z.int(), runs: z.array(z.object(run)) }),
    handle: async (app, { caller, params, query }) => {
      const { rows, total } = await showLifecycleRuns(app, { caller, fullName: params.repository, ...query });
      return { total, runs: rows };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/lifecycle-runs/{id}',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get the report of a lifecycle run with its images, newest first',
    params: z.object({ ...repositoryParams.shape, id: z.string() }),
    query: imagesQuery,
    output: runWithImages,
    handle: (app, { caller, params, query: { outcome: only, ...page } }) =>
      showLifecycleRun(app, { caller, fullName: params.repository, id: params.id, ...page, outcomes: only && [only] }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/images/{digest}/storage-class',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: 'Archive an image, which closes it to pulls, or restore it',
    params: z.object({ ...repositoryParams.shape, digest: z.string() }),
    body: z.object({ storageClass: z.enum(['standard', 'archive']) }),
    handle: (app, { caller, params: { repository: fullName, digest }, body }) =>
      updateStorageClass(app, { caller, fullName, digest, isArchived: body.storageClass === 'archive' }),
  }),
];

// What was deleted, and how it comes back.
import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { DELETION_KINDS, untaggedDaysSchema } from '#lib/repositories/schema.ts';
import { setUntaggedDays } from '#lib/repositories/set-untagged-days.ts';
import { defineRoute } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';
import { pageSchema } from '../paging.ts';

const tag = 'deletions';
const repositorySchema = z.object({
  repository: z.string().max(300).describe('ALIAS/NAME, each slash in it written as %2F'),
});

const deletionsSchema = z.object({
  total: z.number(),
  deletions: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(DELETION_KINDS),
      fullName: z.string().describe('The repository'),
      tag: z.string().nullable(),
      digest: z.string().nullable(),
      tags: z.array(z.string()).describe('Of a manifest: tags that come back with it, the first 20'),
      reason: z.string().nullable(),
      isByAdmin: z.boolean().describe('Then only admins restore it'),
      deletedBy: z.string(),
      deletedAt: z.date(),
      expiresAt: z.date().describe('From then on it can not be restored'),
    }),
  ),
});

export const DELETION_ROUTES = [
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: 'Deletes a repository with all it has; it can be restored for a while',
    params: repositorySchema,
    handle: (app, { caller, params }) => deleteRepository(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/untagged-days',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: 'For how many days manifests without a tag are kept; null: for good',
    params: repositorySchema,
    body: z.object({ days: untaggedDaysSchema }),
    handle: (app, { caller, params, body }) => {
      return setUntaggedDays(app, { caller, fullName: params.repository, days: body.days });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/deletions',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'What was deleted and can be restored, for owners and maintainers; the latest first',
    params: z.object({ registryId: z.string() }),
    query: pageSchema,
    output: deletionsSchema,
    handle: async (app, { caller, params, query }) => {
      const { id, ...membership } = await findOwnRegistry(app, caller, params.registryId);
      requireAllowed({ ...caller, action: 'vitrine:ListDeletions', membership });
      const { rows, total } = await listDeletions(app, { registryKey: id, ...query });
      return { total, deletions: rows };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/deletions',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'What was deleted on the whole site and can be restored',
    query: pageSchema,
    output: deletionsSchema,
    handle: async (app, { query }) => {
      const { rows, total } = await listDeletions(app, { registryKey: null, ...query });
      return { total, deletions: rows };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/deletions/{id}/restore',
    tag,
    access: 'user',
    reach: { to: 'deletion', actions: ['push'] },
    summary: 'Brings back what was deleted, as it was; what has come into its place meanwhile stays',
    params: z.object({ id: z.string() }),
    output: z.object({
      target: z.string().describe('ALIAS/NAME, ALIAS/NAME:TAG or ALIAS/NAME@DIGEST'),
      skippedTags: z.array(z.string()).describe('Tags that exist again, and stay as they are'),
    }),
    handle: (app, { caller, params }) => restoreDeletion(app, { caller, id: params.id }),
  }),
];

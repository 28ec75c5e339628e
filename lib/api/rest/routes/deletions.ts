// Deletions and restores.
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
  repository: z.string().max(300).describe('ALIAS/NAME with each slash encoded as %2F'),
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
      tags: z.array(z.string()).describe('The first 20 tags that are restored with a manifest'),
      reason: z.string().nullable(),
      isByAdmin: z.boolean().describe('Whether only admins can restore it'),
      deletedBy: z.string(),
      deletedAt: z.date(),
      expiresAt: z.date().describe('When it can no longer be restored'),
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
    summary: 'Delete a repository with its content. It can be restored for a while',
    params: repositorySchema,
    handle: (app, { caller, params }) => deleteRepository(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/untagged-days',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: 'Set how many days untagged manifests are kept. Null keeps them forever',
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
    summary: 'List restorable deletions, latest first. For owners and maintainers',
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
    summary: 'List restorable deletions of the whole site',
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
    summary: 'Restore a deletion without replacing anything created since',
    params: z.object({ id: z.string() }),
    output: z.object({
      target: z.string().describe('ALIAS/NAME, ALIAS/NAME:TAG or ALIAS/NAME@DIGEST'),
      skippedTags: z.array(z.string()).describe('Tags that exist again and stay unchanged'),
    }),
    handle: (app, { caller, params }) => restoreDeletion(app, { caller, id: params.id }),
  }),
];

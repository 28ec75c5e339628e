// Deletions and restores.
import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { DELETION_KINDS, untaggedDaysSchema } from '#lib/repositories/schema.ts';
import { setUntaggedDays } from '#lib/repositories/set-untagged-days.ts';
import { chooseTags } from '#lib/images/tag-deletion/choose-tags.ts';
import { deleteTags } from '#lib/images/tag-deletion/delete-tags.ts';
import {
  chosenTagSchema,
  type ChosenTag,
  MAX_TAGS_AT_ONCE,
  tagPatternSchema,
} from '#lib/images/tag-deletion/schema.ts';
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

const deleteTagsSchema = z
  .strictObject({
    pattern: tagPatternSchema.optional().describe('* matches any characters, ? matches one'),
    tags: z
      .array(chosenTagSchema.partial({ digest: true }))
      .max(MAX_TAGS_AT_ONCE)
      .optional()
      .describe('If a digest is given, the tag is deleted only while it points to it'),
    dryRun: z.boolean().default(false),
  })
  .refine(({ pattern, tags }) => (pattern === undefined) !== (tags === undefined), 'Give either pattern or tags.');

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
    method: 'POST',
    path: '/repositories/{repository}/tags/delete',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['delete'] },
    summary: `Delete tags by name or pattern, at most ${MAX_TAGS_AT_ONCE} at once. dryRun lists them only`,
    params: repositorySchema,
    body: deleteTagsSchema,
    output: z.object({
      total: z.number().describe('How many tags matched'),
      tags: z.array(chosenTagSchema).describe('Deleted tags, or with dryRun those that would be'),
      moved: z.array(z.string()).describe('Tags that stay because they point to another digest than the given one'),
      missing: z.array(z.string()).describe('Tags that don’t exist'),
    }),
    handle: async (app, { caller, params, body }) => {
      const asked = { caller, fullName: params.repository };
      const given = body.tags ?? [];
      const choice = await chooseTags(
        app,
        body.pattern === undefined
          ? { ...asked, names: given.map(({ name }) => name) }
          : { ...asked, pattern: body.pattern },
      );
      const wanted = new Map(given.map(({ name, digest }) => [name, digest]));
      const isMoved = ({ name, digest }: ChosenTag) => (wanted.get(name) ?? digest) !== digest;
      const found = { ...choice, tags: choice.tags.filter((row) => !isMoved(row)) };
      const moved = choice.tags.filter(isMoved).map(({ name }) => name);
      if (body.dryRun || found.tags.length === 0) return { ...found, moved };
      const done = await deleteTags(app, { ...asked, tags: found.tags });
      return {
        total: found.total,
        tags: found.tags.filter(({ name }) => done.deleted.includes(name)),
        moved: [...moved, ...done.moved],
        missing: [...found.missing, ...done.missing],
      };
    },
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

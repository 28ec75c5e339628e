// Public data of one repository: catalog data, tags, manifests and pulls.
import { z } from 'zod';
import { describeManifest } from '#lib/gallery/describe-manifest.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { featureTag } from '#lib/repositories/feature-tag.ts';
import type { VisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { retagManifest } from '#lib/distribution/retag/retag-manifest.ts';
import { countStars } from '#lib/following/following-queries.ts';
import { getRepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { featuredTagSchema, type CatalogData } from '#lib/repositories/schema.ts';
import { getPullInsights, listTagMoves } from '#lib/gallery/insight-queries.ts';
import { listTagRows } from '#lib/gallery/tag-list-queries.ts';
import { TAG_SORTS, USUAL_DIRECTION } from '#lib/gallery/tag-query.ts';
import { getFeaturedTag, getTag, type TagView } from '#lib/gallery/tag-queries.ts';
import type { TagMutabilityRule } from '#lib/repositories/tag-mutability/schema.ts';
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { isTag, versionToTag } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { findPublishingWorkflow } from '#lib/gallery/repository/find-publishing-workflow.ts';
import { findMirrorSource } from '#lib/upstream/mirrors/queries.ts';
import { defineRoute, type RestApp } from '../define-route.ts';
import { logoUrl } from '../logo-url.ts';
import { numberedPageSchema, toOffset } from '../paging.ts';
import { manifestParams, openRepository, repositoryParams, parseDigestParam } from './open-repository.ts';
import {
  insightsSchema,
  manifestSchema,
  repositoryCreationSchema,
  repositorySchema,
  repositoryPatchSchema,
  tagMoveSchema,
  tagSchema,
  workflowSchema,
} from './schemas/repository-schemas.ts';

const tag = 'gallery';
const MAX_HISTORY = 100;
const MAX_MOVES = 50;

export const REPOSITORY_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/repositories',
    tag,
    access: 'user',
    reach: { to: 'body' },
    summary: 'Create a repository. The token needs push on it. Pushes also create missing repositories',
    body: repositoryCreationSchema,
    output: repositorySchema,
    status: 201,
    handle: async (app, { caller, body }) => {
      const { fullName, visibility, tagMutability, tagExclusions, encryption, kmsKey, ...catalogData } = body;
      if (encryption === 'AES256' && kmsKey !== undefined) throw invalidField('kmsKey', 'AES256 takes no KMS key.');
      const parts = splitFullName(fullName);
      if (!parts) throw invalidField('fullName', 'Enter ALIAS/NAME.');
      const created = await createRepository(app, {
        caller,
        ...parts,
        visibility,
        catalogData,
        tagRule: { tagMutability, tagExclusions },
        ...(encryption === 'KMS' && { kmsKey: kmsKey ?? null }),
      });
      return describeRepository(app, await openRepository(app, caller, created.fullName));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get a repository with its catalog data, platforms, pulls and mirror source',
    params: repositoryParams,
    output: repositorySchema,
    handle: async (app, { caller, params }) =>
      describeRepository(app, await openRepository(app, caller, params.repository)),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/repositories/{repository}',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: "Change a repository's catalog data, visibility and tag mutability by a JSON merge patch",
    params: repositoryParams,
    body: repositoryPatchSchema,
    output: repositorySchema,
    handle: async (app, { caller, params, body: { visibility, tagMutability, tagExclusions, ...patch } }) => {
      const fullName = params.repository;
      if (tagMutability !== undefined || tagExclusions !== undefined) {
        await setTagMutability(app, {
          caller,
          fullName,
          tagMutability,
          tagExclusions: tagExclusions === null ? [] : tagExclusions,
        });
      }
      await updateCatalogData(app, {
        caller,
        fullName,
        catalogData: withoutNulls(patch),
        ...(visibility && { visibility }),
      });
      return describeRepository(app, await openRepository(app, caller, fullName));
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/featured-tag',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: 'Set the tag that the page and badges show. Null means latest, or else the last pushed tag',
    params: repositoryParams,
    body: z.object({ tag: featuredTagSchema }),
    handle: (app, { caller, params, body }) => {
      return featureTag(app, { caller, fullName: params.repository, tag: body.tag });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/tags',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'List tags',
    params: repositoryParams,
    query: numberedPageSchema.extend({
      q: z
        .string()
        .max(300)
        .default('')
        .describe('Part of the name, a digest, or the beginning of one including the colon'),
      sort: z
        .enum(TAG_SORTS)
        .default('pushed')
        .describe('name sorts by version: 1.9, 1.10-rc1, 1.10. pulls counts the last 30 days'),
      dir: z.enum(['asc', 'desc']).optional().describe('Defaults to asc for name and desc for the others'),
    }),
    output: z.object({ total: z.number(), page: z.number(), tags: z.array(tagSchema) }),
    handle: async (app, { caller, params, query }) => {
      const { id: repositoryId } = await openRepository(app, caller, params.repository);
      const { tags, total } = await listTagRows(app, {
        repositoryId,
        query: query.q.replaceAll('\0', ''),
        sort: query.sort,
        direction: query.dir ?? USUAL_DIRECTION[query.sort],
        offset: toOffset(query),
        limit: query.limit,
      });
      return { total, page: query.page, tags: tags.map(toTag) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/tags/{tag}',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get a tag with its history',
    params: repositoryParams.extend({ tag: z.string().max(200) }),
    output: tagSchema.extend({
      workflow: workflowSchema,
      history: z.array(tagMoveSchema).describe(`The latest ${MAX_HISTORY} moves`),
    }),
    handle: async (app, { caller, params }) => {
      const { id: repositoryId, fullName, membership } = await openRepository(app, caller, params.repository);
      const asked = versionToTag(params.tag);
      const view = isTag(asked) ? await getTag(app, { repositoryId, tag: asked }) : null;
      if (!view) throw new AppError('manifest_not_found', `${fullName} has no tag ${JSON.stringify(params.tag)}.`);
      const [workflow, history] = await Promise.all([
        findPublishingWorkflow(app, { repositoryId, digest: view.digest, caller, membership }),
        listTagMoves(app, { repositoryId, tag: view.tag, limit: MAX_HISTORY }),
      ]);
      return { ...toTag(view), workflow, history };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/tags/{tag}',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: 'Point a tag to an image in the repository. Creates or moves the tag',
    params: repositoryParams.extend({ tag: z.string().max(200) }),
    body: z.strictObject({ source: z.string().max(200).describe('A tag or digest of the repository') }),
    output: z.object({ digest: z.string() }),
    handle: (app, { caller, params, body }) =>
      retagManifest(app, { caller, fullName: params.repository, source: body.source, tag: params.tag }),
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/manifests/{digest}',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get a parsed manifest. rawUrl has its exact bytes',
    params: manifestParams,
    output: manifestSchema,
    handle: async (app, { caller, params }) => {
      const { id: repositoryId, fullName, membership } = await openRepository(app, caller, params.repository);
      const digest = parseDigestParam(params.digest);
      const [manifest, workflow] = await Promise.all([
        describeManifest(app, { repositoryId, digest }),
        findPublishingWorkflow(app, { repositoryId, digest, caller, membership }),
      ]);
      if (!manifest) throw new AppError('manifest_not_found', `${fullName} has no manifest ${digest}.`);
      return { ...manifest, digest, workflow, rawUrl: `${app.config.publicUrl}/v2/${fullName}/manifests/${digest}` };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/insights',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get pulls by day and by tag, and the latest tag moves',
    params: repositoryParams,
    query: z.object({
      days: z.coerce
        .number({ error: 'days must be a number.' })
        .int()
        .min(1)
        .max(365)
        .default(30)
        .describe('UTC days, including today'),
    }),
    output: insightsSchema,
    handle: async (app, { caller, params, query }) => {
      const { id: repositoryId } = await openRepository(app, caller, params.repository);
      const [pulls, tagMoves] = await Promise.all([
        getPullInsights(app, { repositoryId, days: query.days }),
        listTagMoves(app, { repositoryId, limit: MAX_MOVES }),
      ]);
      return { ...pulls, tagMoves };
    },
  }),
];

async function describeRepository(app: RestApp, { id: repositoryId, version, keyScope }: VisibleRepository) {
  const [page, shown, mirror, starCount] = await Promise.all([
    getRepositoryPage(app, { repositoryId }),
    getFeaturedTag(app, { repositoryId }),
    findMirrorSource(app, { repositoryId }),
    countStars(app, { repositoryId }),
  ]);
  return {
    ...page,
    version,
    encryption: keyScope === 'site' ? ('AES256' as const) : ('KMS' as const),
    starCount,
    fullName: `${page.primaryAlias}/${page.name}`,
    alias: page.primaryAlias,
    logoUrl: logoUrl(app, page.logoId),
    pushedAt: page.lastPushedAt,
    shownTag: shown && toTag(shown),
    mirroredFrom: mirror && { host: mirror.host, name: mirror.name, checkedAt: mirror.checkedAt },
  };
}

type CatalogPatch = Omit<z.output<typeof repositoryPatchSchema>, 'visibility' | keyof TagMutabilityRule>;

function withoutNulls(patch: CatalogPatch): Partial<CatalogData> {
  const empty: CatalogData = {
    description: '',
    aboutText: '',
    usageText: '',
    operatingSystems: [],
    architectures: [],
    categories: [],
  };
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, value ?? empty[key as keyof CatalogData]]));
}

function toTag(view: TagView) {
  const { tag: name, tagCreatedAt: createdAt, ...rest } = view;
  return { ...rest, name, createdAt };
}

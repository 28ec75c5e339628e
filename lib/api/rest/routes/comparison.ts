// Comparisons of two images, and what an image is built on.
import { z } from 'zod';
import { canReach } from '#lib/access/reach.ts';
import { ANONYMOUS, type Caller } from '#lib/access/schema.ts';
import { MAX_CHANGES } from '#lib/distribution/comparison/compare-files.ts';
import { compareImageFiles, FILE_LIMITS } from '#lib/distribution/comparison/compare-image-files.ts';
import {
  compareImages,
  type CompareInput,
  type ComparedPlatform,
  type Comparison,
} from '#lib/distribution/comparison/compare-images.ts';
import type { ComparedImage } from '#lib/distribution/comparison/load-compared-image.ts';
import { parseComparedReference } from '#lib/distribution/comparison/parse-compared-reference.ts';
import { AppError } from '#lib/platform/errors.ts';
import { getImage } from '#lib/gallery/tag-queries.ts';
import { loadLineage } from '#lib/gallery/repository/load-lineage.ts';
import { defineRoute } from '../define-route.ts';
import { numberedPageSchema, toOffset } from '../paging.ts';
import { comparisonSchema, fileChangesSchema, lineageSchema } from './schemas/comparison-schemas.ts';
import { manifestParams, openRepository, repositoryParams, parseDigestParam, viewerOf } from './open-repository.ts';

const tag = 'gallery';
const reference = z.string().max(500);
const querySchema = z.object({
  from: reference.describe('A tag or digest of the repository, or ALIAS/NAME:TAG or ALIAS/NAME@DIGEST of another one'),
  to: reference.describe('Like from'),
  platform: z
    .string()
    .max(300)
    .optional()
    .describe('Such as linux/arm64. Defaults to linux/amd64, or else the first platform that both have'),
});

export const COMPARISON_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/compare',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Compare two images: layers, settings, environment, labels, annotations and build steps',
    params: repositoryParams,
    query: querySchema,
    output: comparisonSchema,
    handle: async (app, { caller, params, query }) => {
      return present(await compareImages(app, toInput(caller, params.repository, query)));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/compare/files',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: `Compare the files of the layers that two images don't share, at most ${FILE_LIMITS.maxLayers} layers`,
    params: repositoryParams,
    query: querySchema,
    output: fileChangesSchema,
    handle: async (app, { caller, address, params, query }) => {
      const input = { ...toInput(caller, params.repository, query), viewer: viewerOf(caller, address) };
      const files = await compareImageFiles(app, input);
      if (files.changes === undefined) throw new AppError('unsupported', files.problem);
      const { changes, counts, ...rest } = files;
      return { ...rest, ...counts, files: changes.slice(0, MAX_CHANGES) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/manifests/{digest}/lineage',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: 'Get what an image is built on, by its first layers, and the public repositories built on it',
    params: manifestParams,
    query: numberedPageSchema,
    output: lineageSchema,
    handle: async (app, { caller, params, query }) => {
      const { id: repositoryId, fullName } = await openRepository(app, caller, params.repository);
      const digest = parseDigestParam(params.digest);
      const image = await getImage(app, { repositoryId, digest });
      if (!image) throw new AppError('manifest_not_found', `${fullName} has no manifest ${digest}.`);
      const page = { offset: toOffset(query), limit: query.limit };
      const lineage = await loadLineage(app, { repositoryId, image, ...page });
      if (!lineage) throw new AppError('not_found', NO_LINEAGE);
      const { base, dependents, dependentCount: total } = lineage;
      return { base: base && toNamed(base), dependents: dependents.map(toNamed), total, page: query.page };
    },
  }),
];

const NO_LINEAGE = 'Only images have a lineage. That of a new image is recorded within minutes.';

function toNamed<Row extends { alias: string; name: string }>({ alias, name, ...rest }: Row) {
  return { ...rest, fullName: `${alias}/${name}` };
}

type Query = z.output<typeof querySchema>;

function toInput(caller: Caller, fullName: string, { from, to, platform }: Query): CompareInput {
  return { caller: narrow(caller, [from, to]), fullName, from, to, ...(platform && { platform }) };
}

/** A token that doesn't reach a named repository counts as anonymous, because the route checks only the one in the path. */
function narrow(caller: Caller, references: string[]): Caller {
  const names = references.flatMap((text) => parseComparedReference(text)?.fullName ?? []);
  const reachesAll = names.every((name) =>
    canReach(caller.principal, { kind: 'repository', names: [name], actions: ['pull'] }),
  );
  return reachesAll ? caller : { ...caller, principal: ANONYMOUS };
}

function present({ from, to, platform, platforms, differences }: Comparison) {
  return {
    from: toSide(from, differences?.from),
    to: toSide(to, differences?.to),
    platform,
    platforms,
    differences: differences && {
      layers: differences.layers.map(({ side, item }) => ({ side, ...item })),
      layerBytes: differences.layerBytes,
      steps: differences.steps.map(({ side, item }) => ({ side, instruction: item.instruction })),
      settings: differences.settings,
      environment: differences.environment,
      labels: differences.labels,
      annotations: differences.annotations,
    },
  };
}

function toSide(
  { fullName, reference: text, digest, pushedAt }: ComparedImage,
  platform: ComparedPlatform | undefined,
) {
  return {
    repository: fullName,
    reference: text,
    digest,
    pushedAt,
    manifestDigest: platform?.digest ?? null,
    sizeBytes: platform?.sizeBytes ?? null,
    imageCreatedAt: platform?.view.imageCreatedAt ?? null,
  };
}

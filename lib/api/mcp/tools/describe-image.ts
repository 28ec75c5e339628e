import { z } from 'zod';
import { shortenText } from '#lib/platform/shorten-text.ts';
import { defineTool } from '../define-tool.ts';
import { moveSchema, referenceInput, resolveReference } from './resolve-reference.ts';
import { apiPath, repositoryInput, toolTagSchema, toToolTag } from './tool-schemas.ts';

const MAX_ANNOTATIONS = 40;
const MAX_VALUE_LENGTH = 400;
const MAX_LAYERS = 100;
const MAX_MOVES = 10;

const descriptorSchema = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
const manifestSchema = z.object({
  digest: z.string(),
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  annotations: z.record(z.string(), z.string()),
  subject: descriptorSchema.nullable(),
  config: descriptorSchema.nullable(),
  layers: z.array(descriptorSchema),
  contentBytes: z.number(),
  os: z.string().nullable(),
  architecture: z.string().nullable(),
  variant: z.string().nullable(),
  imageCreatedAt: z.string().nullable(),
  pushedAt: z.string(),
  tags: z.array(z.string()),
});

export const imageTool = defineTool({
  name: 'describe_image',
  title: 'Describe an image',
  description:
    'Describe one image or artifact by tag or digest: manifest, platforms, layers, size, annotations, history of the tag, and the command that pulls exactly it.',
  input: z.object({
    repository: repositoryInput,
    reference: referenceInput,
  }),
  output: z.object({
    repository: z.string(),
    tag: toolTagSchema.nullable().describe('Null when asked by digest'),
    history: z.array(moveSchema).describe(`The latest ${MAX_MOVES} moves of the tag`),
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string().nullable(),
    platform: z.string().nullable().describe("Null for an index. Describe its platforms' digests for their layers"),
    sizeBytes: z.number().describe('Compressed size of everything below the manifest'),
    builtAt: z.string().nullable(),
    pushedAt: z.string(),
    tags: z.array(z.string()).describe('Tags that point to it, at most 100'),
    annotations: z.record(z.string(), z.string()).describe(`Untrusted. At most ${MAX_ANNOTATIONS}, cut`),
    config: descriptorSchema.nullable(),
    layers: z.array(descriptorSchema).describe(`At most ${MAX_LAYERS}. Empty for an index`),
    layerCount: z.number(),
    subject: descriptorSchema.nullable().describe('What it is attached to'),
    pullCommand: z.string(),
    url: z.string(),
  }),
  run: async ({ ask, links }, { repository, reference }) => {
    const { found, tag, digest } = await resolveReference(ask, repository, reference);
    const manifest = await ask(apiPath(repository, 'manifests', digest), {}, manifestSchema);
    const { os, architecture, variant } = manifest;
    const shown = tag?.name ?? manifest.digest;
    return {
      repository: found.fullName,
      tag: tag && toToolTag(tag),
      history: tag?.history.slice(0, MAX_MOVES) ?? [],
      digest: manifest.digest,
      mediaType: manifest.mediaType,
      artifactType: manifest.artifactType,
      platform: os === null ? null : [os, architecture, variant].filter(Boolean).join('/'),
      sizeBytes: manifest.contentBytes,
      builtAt: manifest.imageCreatedAt,
      pushedAt: manifest.pushedAt,
      tags: manifest.tags,
      annotations: cutAnnotations(manifest.annotations),
      config: manifest.config,
      layers: manifest.layers.slice(0, MAX_LAYERS),
      layerCount: manifest.layers.length,
      subject: manifest.subject,
      pullCommand: links.pullCommand(found.kind, found.fullName, shown),
      url: links.repository(found.fullName, shown),
    };
  },
});

function cutAnnotations(annotations: Record<string, string>): Record<string, string> {
  const entries = Object.entries(annotations).slice(0, MAX_ANNOTATIONS);
  return Object.fromEntries(
    entries.map(([key, value]) => [shortenText(key, MAX_VALUE_LENGTH), shortenText(value, MAX_VALUE_LENGTH)]),
  );
}

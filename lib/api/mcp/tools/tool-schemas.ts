// What tools share: their parameters, and what they read of the REST API's responses.
import { z } from 'zod';
import { splitFullName } from '#lib/oci/name.ts';
import { KINDS } from '#lib/search/schema.ts';

const MAX_PLATFORMS = 30;

export const repositoryInput = z
  .string()
  .max(300)
  .refine((name) => splitFullName(name) !== null, 'Enter a repository as ALIAS/NAME, in lower case.')
  .describe('ALIAS/NAME, such as acme/tools/app');

export const pageInput = z.number().int().min(1).max(10_000).default(1);

const platformSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().nullable(),
  digest: z.string(),
  sizeBytes: z.number().nullable(),
});

/** A tag in the REST API. */
export const apiTagSchema = z.object({
  name: z.string(),
  digest: z.string(),
  isIndex: z.boolean(),
  platforms: z.array(platformSchema),
  sizeBytes: z.number(),
  imageCreatedAt: z.string().nullable(),
  pushedAt: z.string(),
  sameDigestTags: z.array(z.string()),
  recentPulls: z.number(),
});

/** A repository in the REST API. */
export const apiRepositorySchema = z.object({
  fullName: z.string(),
  publisherName: z.string(),
  verification: z.object({ note: z.string() }).nullable(),
  deprecation: z.object({ text: z.string(), successor: z.string(), endsOn: z.string() }).nullable(),
  kind: z.enum(KINDS),
  visibility: z.string(),
  description: z.string(),
  aboutText: z.string(),
  usageText: z.string(),
  categories: z.array(z.string()),
  operatingSystems: z.array(z.string()),
  architectures: z.array(z.string()),
  pullCount: z.number(),
  starCount: z.number(),
  tagCount: z.number(),
  sourceUrl: z.string().nullable(),
  mirroredFrom: z.object({ host: z.string(), name: z.string() }).nullable(),
  shownTag: apiTagSchema.nullable(),
  createdAt: z.string(),
  pushedAt: z.string().nullable(),
});

export const toolTagSchema = z.object({
  tag: z.string(),
  digest: z.string(),
  platforms: z
    .array(z.object({ platform: z.string(), digest: z.string(), sizeBytes: z.number().nullable() }))
    .describe(`At most ${MAX_PLATFORMS}, such as linux/arm64`),
  sizeBytes: z.number().describe('Compressed. Includes everything below an index'),
  builtAt: z.string().nullable(),
  pushedAt: z.string(),
  sameDigestTags: z.array(z.string()).describe('Some other tags of the same digest'),
  pullsLast30Days: z.number(),
});

export function toToolTag(tag: z.output<typeof apiTagSchema>): z.input<typeof toolTagSchema> {
  return {
    tag: tag.name,
    digest: tag.digest,
    platforms: tag.platforms.slice(0, MAX_PLATFORMS).map(({ os, architecture, variant, digest, sizeBytes }) => {
      return { platform: [os, architecture, variant].filter(Boolean).join('/'), digest, sizeBytes };
    }),
    sizeBytes: tag.sizeBytes,
    builtAt: tag.imageCreatedAt,
    pushedAt: tag.pushedAt,
    sameDigestTags: tag.sameDigestTags,
    pullsLast30Days: tag.recentPulls,
  };
}

/** The path of a repository in the REST API. */
export function apiPath(fullName: string, ...below: string[]): string {
  return ['/repositories', fullName, ...below].map((part, i) => (i === 0 ? part : encodeURIComponent(part))).join('/');
}

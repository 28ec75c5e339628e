import { z } from 'zod';
import { CATEGORIES, MAX_CATEGORIES } from '#lib/repositories/categories.ts';
import { catalogDataSchema, kmsKeySchema, visibilitySchema } from '#lib/repositories/schema.ts';
import {
  MAX_TAG_EXCLUSIONS,
  tagExclusionSchema,
  tagMutabilitySchema,
} from '#lib/repositories/tag-mutability/schema.ts';
import { KINDS } from '#lib/search/schema.ts';

const platformSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().nullable(),
  digest: z.string(),
  sizeBytes: z.number().nullable().describe("Compressed. Null when the manifest isn't stored here"),
});

export const tagSchema = z.object({
  name: z.string(),
  digest: z.string(),
  mediaType: z.string(),
  isIndex: z.boolean(),
  platforms: z.array(platformSchema),
  sizeBytes: z.number().describe('Compressed. Includes everything below an index'),
  imageCreatedAt: z.date().nullable().describe('When the image was built'),
  pushedAt: z.date(),
  createdAt: z.date().describe('When the tag was first pushed'),
  sameDigestTags: z.array(z.string()).describe('Other tags of the same digest, newest versions first'),
  sameDigestCount: z.number().describe('Total number of other tags'),
  recentPulls: z.number().describe('Pulls by this tag in the last 30 days'),
});

export const tagMoveSchema = z.object({
  tag: z.string(),
  fromDigest: z.string().nullable().describe('Null when the tag was created'),
  toDigest: z.string().nullable().describe('Null when the tag was deleted'),
  at: z.date(),
});

const encryptionSchema = z.enum(['AES256', 'KMS']);

export const repositorySchema = z.object({
  fullName: z.string().describe('ALIAS/NAME'),
  alias: z.string().describe('The primary alias'),
  name: z.string(),
  publisherName: z.string().describe('Empty when only the alias is shown'),
  verification: z.object({ by: z.enum(['domain', 'decision']), note: z.string(), at: z.date() }).nullable(),
  visibility: visibilitySchema,
  quarantineReason: z.string().nullable().describe('Set while quarantined, when only members and admins see it'),
  deprecation: z
    .object({
      text: z.string(),
      successor: z.string().describe('ALIAS/NAME here, or HOST/NAME elsewhere. Empty for none'),
      endsOn: z.string().describe('UTC date such as 2027-01-31. Empty for none'),
      since: z.date(),
    })
    .nullable()
    .describe('Set while its publisher advises against it'),
  kind: z.enum(KINDS),
  description: z.string(),
  aboutText: z.string().describe('Markdown'),
  usageText: z.string().describe('Markdown'),
  sourceUrl: z.string().nullable().describe('Base of relative links in these texts, as the image declares it'),
  operatingSystems: z.array(z.string()).describe('As declared by the publisher'),
  architectures: z.array(z.string()).describe('As declared by the publisher'),
  categories: z.array(z.string()).describe('Slugs of categories, as chosen by the publisher'),
  tagMutability: tagMutabilitySchema.describe('Which tags a push can’t overwrite'),
  tagExclusions: z.array(z.string()).describe('Tag patterns that are exceptions to the rule'),
  encryption: encryptionSchema.describe('KMS: with a KMS key, else with the site’s key'),
  logoUrl: z.string().nullable(),
  pullCount: z.number(),
  starCount: z.number(),
  tagCount: z.number(),
  featuredTag: z.string().nullable().describe('As chosen by the publisher, or null'),
  shownTag: tagSchema
    .nullable()
    .describe('The tag on its page: the featured tag, else latest, else the last pushed one'),
  mirroredFrom: z.object({ host: z.string(), name: z.string(), checkedAt: z.date().nullable() }).nullable(),
  version: z.number().describe('Incremented by every push, deletion and edit'),
  createdAt: z.date(),
  pushedAt: z.date().nullable(),
});

const data = catalogDataSchema.shape;

export const repositoryCreationSchema = z.strictObject({
  fullName: z.string().max(300).describe('ALIAS/NAME'),
  visibility: visibilitySchema.default('public'),
  description: data.description.optional().describe('One line'),
  aboutText: data.aboutText.optional().describe('Markdown'),
  usageText: data.usageText.optional().describe('Markdown'),
  operatingSystems: data.operatingSystems.optional(),
  architectures: data.architectures.optional(),
  categories: data.categories.optional().describe('Slugs of categories'),
  tagMutability: tagMutabilitySchema.default('mutable'),
  tagExclusions: z.array(z.string()).default([]),
  encryption: encryptionSchema.default('AES256').describe('KMS: with a KMS key. It can’t be changed later'),
  kmsKey: kmsKeySchema.optional().describe('ID, ARN or alias of the KMS key. Omitted: the site’s'),
});

/** A JSON merge patch (RFC 7396): omitted fields keep their values, null clears them. */
export const repositoryPatchSchema = z.strictObject({
  description: data.description.nullable().optional().describe('One line'),
  aboutText: data.aboutText.nullable().optional().describe('Markdown'),
  usageText: data.usageText.nullable().optional().describe('Markdown'),
  operatingSystems: data.operatingSystems.nullable().optional(),
  architectures: data.architectures.nullable().optional(),
  categories: data.categories
    .nullable()
    .optional()
    .describe(`At most ${MAX_CATEGORIES} of: ${Object.keys(CATEGORIES).join(', ')}`),
  visibility: visibilitySchema.optional(),
  tagMutability: tagMutabilitySchema.optional(),
  tagExclusions: z
    .array(tagExclusionSchema)
    .max(MAX_TAG_EXCLUSIONS)
    .nullable()
    .optional()
    .describe('Patterns of tag names, with *. For the rules with an exclusion'),
});

const descriptorSchema = z
  .looseObject({ mediaType: z.string(), digest: z.string(), size: z.number() })
  .describe('As in the manifest');

const workflowPartSchema = z
  .object({ text: z.string(), href: z.string().nullable().describe('Its page, at GitHub and GitLab') })
  .nullable();

export const workflowSchema = z
  .object({
    issuer: z.string().describe('Of the token by which the workflow signed in'),
    service: z.string().nullable().describe('Such as GitHub Actions'),
    repository: workflowPartSchema,
    file: workflowPartSchema,
    commit: workflowPartSchema,
    run: workflowPartSchema,
    pushedAt: z.date(),
  })
  .nullable()
  .describe('The workflow that pushed it last. Only members see those whose repository isn’t public');

export const manifestSchema = z.object({
  digest: z.string(),
  mediaType: z.string(),
  kind: z.enum(['image', 'index']),
  artifactType: z.string().nullable(),
  annotations: z.record(z.string(), z.string()),
  subject: descriptorSchema.nullable(),
  config: descriptorSchema.nullable(),
  layers: z.array(descriptorSchema),
  children: z.array(descriptorSchema).describe('Children of an index'),
  sizeBytes: z.number().describe('Size of the manifest itself'),
  contentBytes: z.number().describe('Compressed size of everything below it'),
  os: z.string().nullable(),
  architecture: z.string().nullable(),
  variant: z.string().nullable(),
  imageCreatedAt: z.date().nullable(),
  pushedAt: z.date(),
  tags: z.array(z.string()).describe('At most 100'),
  workflow: workflowSchema,
  rawUrl: z.string(),
});

export const insightsSchema = z.object({
  total: z.number().describe('Pulls in the period'),
  days: z.array(z.object({ day: z.string().describe('UTC date such as 2026-11-24'), count: z.number() })),
  byTag: z
    .array(z.object({ tag: z.string().nullable().describe('Null for pulls by digest'), count: z.number() }))
    .describe('At most 10, most pulled first'),
  otherTags: z.object({ count: z.number(), pulls: z.number() }),
  tagMoves: z.array(tagMoveSchema).describe('The latest 50, regardless of the period'),
});

import { z } from 'zod';
import { catalogDataSchema, visibilitySchema } from '#lib/repositories/schema.ts';
import { KINDS } from '#lib/search/schema.ts';

const platformSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().nullable(),
  digest: z.string(),
  sizeBytes: z.number().nullable().describe('Compressed; null where the manifest is not stored here'),
});

export const tagSchema = z.object({
  name: z.string(),
  digest: z.string(),
  mediaType: z.string(),
  isIndex: z.boolean(),
  platforms: z.array(platformSchema),
  sizeBytes: z.number().describe('Compressed; of an index, all that is below it'),
  imageCreatedAt: z.date().nullable().describe('When the image was built'),
  pushedAt: z.date(),
  createdAt: z.date().describe('When the tag was first pushed'),
  sameDigestTags: z.array(z.string()).describe('Others on the same digest, the newest versions of them'),
  sameDigestCount: z.number().describe('How many others there are'),
  recentPulls: z.number().describe('By this tag, in the last 30 days'),
});

export const tagMoveSchema = z.object({
  tag: z.string(),
  fromDigest: z.string().nullable().describe('Null: the tag was new'),
  toDigest: z.string().nullable().describe('Null: the tag was deleted'),
  at: z.date(),
});

export const repositorySchema = z.object({
  fullName: z.string().describe('ALIAS/NAME'),
  alias: z.string().describe('The primary one'),
  name: z.string(),
  publisherName: z.string().describe('Empty where only the alias is shown'),
  verification: z.object({ by: z.enum(['domain', 'decision']), note: z.string(), at: z.date() }).nullable(),
  visibility: visibilitySchema,
  quarantineReason: z.string().nullable().describe('Not null: closed, and seen by members and admins only'),
  kind: z.enum(KINDS),
  description: z.string(),
  aboutText: z.string().describe('Markdown'),
  usageText: z.string().describe('Markdown'),
  sourceUrl: z
    .string()
    .nullable()
    .describe('The source repository that relative links in these texts belong to, as the image says'),
  operatingSystems: z.array(z.string()).describe('As the publisher declares them'),
  architectures: z.array(z.string()).describe('As the publisher declares them'),
  logoUrl: z.string().nullable(),
  pullCount: z.number(),
  tagCount: z.number(),
  featuredTag: z.string().nullable().describe('As its publisher chose it; null: none'),
  shownTag: tagSchema
    .nullable()
    .describe('What its page shows: the featured tag, else latest, else the one pushed last'),
  mirroredFrom: z.object({ host: z.string(), name: z.string(), checkedAt: z.date().nullable() }).nullable(),
  version: z.number().describe('Raised by every push, deletion and change of what is written here'),
  createdAt: z.date(),
  pushedAt: z.date().nullable(),
});

const data = catalogDataSchema.shape;

/** A JSON merge patch (RFC 7396): what is left out stays, null empties. */
export const repositoryPatchSchema = z.strictObject({
  description: data.description.nullable().optional().describe('One line'),
  aboutText: data.aboutText.nullable().optional().describe('Markdown'),
  usageText: data.usageText.nullable().optional().describe('Markdown'),
  operatingSystems: data.operatingSystems.nullable().optional(),
  architectures: data.architectures.nullable().optional(),
  visibility: visibilitySchema.optional(),
});

const descriptorSchema = z
  .looseObject({ mediaType: z.string(), digest: z.string(), size: z.number() })
  .describe('As it stands in the manifest');

export const manifestSchema = z.object({
  digest: z.string(),
  mediaType: z.string(),
  kind: z.enum(['image', 'index']),
  artifactType: z.string().nullable(),
  annotations: z.record(z.string(), z.string()),
  subject: descriptorSchema.nullable(),
  config: descriptorSchema.nullable(),
  layers: z.array(descriptorSchema),
  children: z.array(descriptorSchema).describe('What an index lists'),
  sizeBytes: z.number().describe('Of the document itself'),
  contentBytes: z.number().describe('Compressed, all that is below it'),
  os: z.string().nullable(),
  architecture: z.string().nullable(),
  variant: z.string().nullable(),
  imageCreatedAt: z.date().nullable(),
  pushedAt: z.date(),
  tags: z.array(z.string()).describe('At most 100'),
  rawUrl: z.string(),
});

export const insightsSchema = z.object({
  total: z.number().describe('Pulls in that time'),
  days: z.array(z.object({ day: z.string().describe('2026-11-24, by UTC'), count: z.number() })),
  byTag: z
    .array(z.object({ tag: z.string().nullable().describe('Null: by digest'), count: z.number() }))
    .describe('Most pulled first, at most 10'),
  otherTags: z.object({ count: z.number(), pulls: z.number() }),
  tagMoves: z.array(tagMoveSchema).describe('The latest 50, at any time'),
});

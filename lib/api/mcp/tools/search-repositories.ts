import { z } from 'zod';
import { CATEGORIES } from '#lib/repositories/categories.ts';
import { KINDS, SORTS } from '#lib/search/schema.ts';
import { defineTool } from '../define-tool.ts';
import { pageInput } from './tool-schemas.ts';

const hitSchema = z.object({
  fullName: z.string(),
  kind: z.enum(KINDS),
  description: z.string(),
  publisherName: z.string(),
  isVerified: z.boolean(),
  isSigned: z.boolean(),
  isDeprecated: z.boolean(),
  platforms: z.array(z.string()),
  pullCount: z.number(),
  starCount: z.number(),
  pushedAt: z.string(),
});
const resultsSchema = z.object({
  total: z.number(),
  page: z.number(),
  correction: z.string().nullable(),
  repositories: z.array(hitSchema),
});

export const searchTool = defineTool({
  name: 'search_repositories',
  title: 'Search repositories',
  description:
    'Search the public repositories of this gallery by name, purpose or publisher: container images, Helm charts and other OCI artifacts.',
  input: z.object({
    query: z
      .string()
      .max(300)
      .describe('Words, a name, or a pasted image reference. Empty lists everything')
      .default(''),
    kind: z.enum(KINDS).optional(),
    platform: z.string().max(100).optional().describe('Such as linux/arm64'),
    category: z.enum(Object.keys(CATEGORIES)).optional(),
    licence: z.string().max(100).optional().describe('An SPDX id, such as MIT'),
    base: z.string().max(100).optional().describe('The distribution that the image is based on, such as alpine'),
    verifiedOnly: z.boolean().default(false).describe('Only repositories of verified publishers'),
    signedOnly: z.boolean().default(false).describe("Only repositories with a signature. Signatures aren't verified"),
    sort: z.enum(SORTS).default('relevance'),
    page: pageInput,
    limit: z.number().int().min(1).max(25).default(10),
  }),
  output: resultsSchema.extend({
    total: z.number().describe('10,001 means more than 10,000'),
    correction: z.string().nullable().describe('A query that was probably meant'),
    repositories: z.array(hitSchema.extend({ url: z.string() })),
  }),
  run: async ({ ask, links }, { query, verifiedOnly, signedOnly, ...rest }) => {
    const marks = { verified: verifiedOnly ? '1' : undefined, signed: signedOnly ? '1' : undefined };
    const found = await ask('/search', { q: query, ...rest, ...marks }, resultsSchema);
    const repositories = found.repositories.map((hit) => ({ ...hit, url: links.repository(hit.fullName) }));
    return { ...found, repositories };
  },
});

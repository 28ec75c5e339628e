import { z } from 'zod';
import { KINDS, SORTS } from '#lib/search/schema.ts';
import { defineTool } from '../define-tool.ts';
import { pageParam } from './tool-schemas.ts';

const hitSchema = z.object({
  fullName: z.string(),
  kind: z.enum(KINDS),
  description: z.string(),
  publisherName: z.string(),
  isVerified: z.boolean(),
  isSigned: z.boolean(),
  operatingSystems: z.array(z.string()),
  architectures: z.array(z.string()),
  pullCount: z.number(),
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
    os: z.string().max(100).optional().describe('A value of operatingSystems, such as Linux'),
    architecture: z.string().max(100).optional().describe('A value of architectures, such as x86-64'),
    verifiedOnly: z.boolean().default(false).describe('Only repositories of verified publishers'),
    signedOnly: z.boolean().default(false).describe("Only repositories with a signature. Signatures aren't verified"),
    sort: z.enum(SORTS).default('relevance'),
    page: pageParam,
    limit: z.number().int().min(1).max(25).default(10),
  }),
  output: resultsSchema.extend({
    total: z.number().describe('10,001 means more than 10,000'),
    correction: z.string().nullable().describe('A query that was probably meant'),
    repositories: z.array(hitSchema.extend({ url: z.string() })),
  }),
  run: async ({ ask, links }, { query, kind, os, architecture, verifiedOnly, signedOnly, sort, page, limit }) => {
    const filters = { kind, os, arch: architecture };
    const marks = { verified: verifiedOnly ? '1' : undefined, signed: signedOnly ? '1' : undefined };
    const found = await ask('/search', { q: query, ...filters, ...marks, sort, page, limit }, resultsSchema);
    const repositories = found.repositories.map((hit) => ({ ...hit, url: links.repository(hit.fullName) }));
    return { ...found, repositories };
  },
});

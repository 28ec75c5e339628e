import { z } from 'zod';
import { TAG_SORTS } from '#lib/gallery/tag-query.ts';
import { defineTool } from '../define-tool.ts';
import { apiPath, apiTagSchema, pageInput, repositoryInput, toolTagSchema, toToolTag } from './tool-schemas.ts';

const tagsSchema = z.object({ total: z.number(), page: z.number(), tags: z.array(apiTagSchema) });

export const tagsTool = defineTool({
  name: 'list_tags',
  title: 'List tags',
  description: "List a repository's tags with digests, platforms, sizes, dates and recent pulls.",
  input: z.object({
    repository: repositoryInput,
    query: z.string().max(300).default('').describe('Part of the name, or the beginning of a digest'),
    sort: z.enum(TAG_SORTS).default('pushed').describe('name sorts by version'),
    direction: z.enum(['asc', 'desc']).optional().describe('Defaults to asc for name and desc for the others'),
    page: pageInput,
    limit: z.number().int().min(1).max(50).default(20),
  }),
  output: tagsSchema.extend({ tags: z.array(toolTagSchema) }),
  run: async ({ ask }, { repository, query: q, sort, direction: dir, page, limit }) => {
    const found = await ask(apiPath(repository, 'tags'), { q, sort, dir, page, limit }, tagsSchema);
    return { ...found, tags: found.tags.map(toToolTag) };
  },
});

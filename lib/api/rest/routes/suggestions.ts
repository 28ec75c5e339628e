// Completions for the search field.
import { z } from 'zod';
import { KINDS } from '#lib/search/schema.ts';
import { defineRoute } from '../define-route.ts';
import { logoUrl } from '../logo-url.ts';

const tag = 'gallery';

const repositorySchema = z.object({
  fullName: z.string().describe('ALIAS/NAME'),
  description: z.string(),
  kind: z.enum(KINDS),
  isVerified: z.boolean(),
  logoUrl: z.string().nullable(),
  pullCount: z.number(),
});

const publisherSchema = z.object({
  alias: z.string().describe('The primary alias'),
  displayName: z.string().describe('Empty when only the alias is shown'),
  isVerified: z.boolean(),
  logoUrl: z.string().nullable(),
  repositoryCount: z.number().describe('Public repositories'),
});

export const SUGGESTION_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/suggestions',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'none' },
    summary: 'Suggest repositories and publishers for a partial query, best first',
    query: z.object({
      q: z.string().max(200).default('').describe('The partial query. Empty yields no suggestions'),
      limit: z.coerce
        .number({ error: 'limit must be a number.' })
        .int()
        .min(1)
        .max(20)
        .default(5)
        .describe('Limit of each kind'),
    }),
    output: z.object({ repositories: z.array(repositorySchema), publishers: z.array(publisherSchema) }),
    handle: async (app, { query: { q, limit } }) => {
      const { repositories, publishers } = await app.search.suggest({ query: q.replaceAll('\0', ''), limit });
      return {
        repositories: repositories.map((hit) => ({
          ...hit,
          fullName: `${hit.alias}/${hit.name}`,
          isVerified: hit.verified,
          logoUrl: logoUrl(app, hit.logoId),
        })),
        publishers: publishers.map((hit) => ({ ...hit, isVerified: hit.verified, logoUrl: logoUrl(app, hit.logoId) })),
      };
    },
  }),
];

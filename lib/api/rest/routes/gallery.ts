// Public data: search and publishers. See repositories.ts for repositories.
import { isAllowed } from '#lib/access/authorize.ts';
import { findMembership } from '#lib/access/find-membership.ts';
import { z } from 'zod';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { getPublisherPage } from '#lib/gallery/gallery-queries.ts';
import { listPublisherRepositories, PUBLISHER_SORTS } from '#lib/gallery/publisher/list-publisher-repositories.ts';
import { architectureName, operatingSystemName, platformName } from '#lib/oci/facts/platform.ts';
import { visibilitySchema } from '#lib/repositories/schema.ts';
import { loadPublisherActivity } from '#lib/gallery/publisher/load-publisher-activity.ts';
import { aliasSchema, BANNER_COLOURS } from '#lib/publishers/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { AGES, FACETS, KINDS, MAX_COUNTED, MAX_REACHABLE, SIZE_LIMITS, SORTS } from '#lib/search/schema.ts';
import { defineRoute } from '../define-route.ts';
import { logoUrl } from '../logo-url.ts';
import { numberedPageSchema, toOffset } from '../paging.ts';

const tag = 'gallery';
const text = (meaning: string) => z.string().max(300).default('').describe(meaning);

const hitSchema = z.object({
  fullName: z.string().describe('ALIAS/NAME'),
  alias: z.string().describe('The primary alias'),
  name: z.string(),
  publisherName: z.string().describe('Empty when only the alias is shown'),
  isVerified: z.boolean(),
  isSigned: z.boolean().describe("Whether a signature is attached. It isn't verified"),
  isDeprecated: z.boolean().describe('Whether its publisher advises against it'),
  logoUrl: z.string().nullable(),
  description: z.string(),
  kind: z.enum(KINDS),
  operatingSystems: z.array(z.string()),
  architectures: z.array(z.string()),
  platforms: z.array(z.string()).describe('Such as linux/amd64'),
  pullCount: z.number(),
  starCount: z.number(),
  pushedAt: z.date(),
});

const facetSchema = z.array(z.object({ value: z.string(), count: z.number() }));
const facetsSchema = z
  .object({
    category: facetSchema,
    platform: facetSchema,
    licence: facetSchema,
    base: facetSchema,
    size: facetSchema,
    kind: facetSchema,
    verified: facetSchema,
    signed: facetSchema,
    pushed: facetSchema,
    estimated: z
      .array(z.enum(FACETS))
      .optional()
      .describe(`Facets with estimated counts, because more than ${MAX_COUNTED} repositories have a choice of them`),
  })
  .describe("A facet's own filter is ignored in its counts");

const publisherSchema = z.object({
  registryId: z.string(),
  alias: z.string().describe('The primary alias'),
  otherAliases: z.array(z.string()),
  displayName: z.string().describe('Empty when only the alias is shown'),
  logoUrl: z.string().nullable(),
  verification: z
    .object({ by: z.enum(['domain', 'decision']), note: z.string(), at: z.date() })
    .nullable()
    .describe('Null unless verified'),
  bio: z.string().describe('Plain text. The publisher wrote it and what follows, and nobody checked it'),
  website: z.string(),
  sourceUrl: z.string().describe('The organisation at a code host'),
  contact: z.string().describe('An email address or a URL'),
  bannerColour: z.enum(['', ...BANNER_COLOURS]),
  pins: z.array(z.string()).describe('ALIAS/NAME of the repositories that its page shows first'),
  repositoryCount: z.number().describe('Public repositories'),
  pullCount: z.number(),
  pullsThisWeek: z.number().describe('In the last seven days, by UTC'),
  createdAt: z.date(),
});

const summarySchema = z.object({
  fullName: z.string().describe('ALIAS/NAME'),
  name: z.string(),
  visibility: visibilitySchema,
  kind: z.enum(KINDS),
  description: z.string(),
  logoUrl: z.string().nullable(),
  pullCount: z.number(),
  starCount: z.number(),
  createdAt: z.date(),
  pushedAt: z.date().nullable(),
});

const aliasParamSchema = z.object({ alias: z.string().max(100).describe('Any active alias of the publisher') });

export const GALLERY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/search',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'none' },
    summary: 'Search public repositories',
    query: numberedPageSchema.extend({
      q: text('Words, a name, or a pasted reference. tag:1.27 finds repositories with that tag'),
      os: text('An operating system, such as linux'),
      arch: text('An architecture, such as amd64'),
      platform: text('A value of platforms, such as linux/amd64'),
      category: text('The slug of a category, such as databases'),
      licence: text('An SPDX id, such as MIT'),
      base: text('The distribution that the image is based on, such as alpine'),
      size: z.enum(SIZE_LIMITS).optional().describe('The largest compressed size for one platform'),
      kind: z.enum(KINDS).optional(),
      verified: z.enum(['1']).optional().describe('1 for verified publishers only'),
      signed: z
        .enum(['1'])
        .optional()
        .describe("1 for repositories with an attached signature only. Signatures aren't verified"),
      pushed: z.enum(AGES).optional().describe('Pushed within the last day, week, month or year'),
      sort: z.enum(SORTS).default('relevance'),
      facets: z.enum(['1']).optional().describe('1 to count the results of each further filter'),
    }),
    output: z.object({
      total: z
        .number()
        .describe(`${MAX_COUNTED + 1} means more than ${MAX_COUNTED}. Only the first ${MAX_REACHABLE} can be read`),
      page: z.number(),
      repositories: z.array(hitSchema),
      correction: z.string().nullable().describe('Suggested query when no name has some of the words'),
      isPartial: z.boolean().describe('Whether these results have only some of the words, because none has all'),
      isFallback: z.boolean().describe('Whether the database answered because the search engine is unavailable'),
      facets: facetsSchema.optional(),
    }),
    handle: async (app, { query }) => {
      const {
        q,
        os,
        arch,
        platform,
        category,
        licence,
        base,
        size,
        kind,
        verified,
        signed,
        pushed,
        sort,
        page,
        limit,
      } = query;
      const filters = {
        os: operatingSystemName(withoutNul(os)) || undefined,
        architecture: architectureName(withoutNul(arch)) || undefined,
        platform: platformName(withoutNul(platform)) ?? (withoutNul(platform) || undefined),
        category: withoutNul(category) || undefined,
        licence: withoutNul(licence) || undefined,
        base: withoutNul(base) || undefined,
        maxSize: size,
        kind,
        isVerified: verified === '1',
        isSigned: signed === '1',
        pushedWithin: pushed,
      };
      const asked = { query: withoutNul(q), filters };
      const [{ hits, ...found }, facets] = await Promise.all([
        app.search.search({ ...asked, sort, limit, offset: toOffset(query) }),
        query.facets ? app.search.countFacets(asked) : undefined,
      ]);
      const repositories = hits.map((hit) => ({
        ...hit,
        fullName: `${hit.alias}/${hit.name}`,
        publisherName: hit.displayName,
        isVerified: hit.verified,
        isSigned: hit.signed,
        isDeprecated: hit.deprecated,
        logoUrl: logoUrl(app, hit.logoId),
      }));
      return { ...found, page, repositories, ...(facets && { facets }) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/publishers/{alias}',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'none' },
    summary: 'A publisher',
    params: aliasParamSchema,
    output: publisherSchema,
    handle: async (app, { params: { alias } }) => {
      const publisher = aliasSchema.safeParse(alias).success ? await getPublisherPage(app, alias) : null;
      if (!publisher) throw noPublisher(alias);
      const { pins, pullsThisWeek } = await loadPublisherActivity(app, { registryKey: publisher.id });
      return {
        ...publisher,
        ...publisher.profile,
        alias: publisher.primaryAlias,
        logoUrl: logoUrl(app, publisher.logoId),
        pins: pins.map(({ alias: primaryAlias, name }) => `${primaryAlias}/${name}`),
        pullsThisWeek,
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/publishers/{alias}/repositories',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repositories', actions: ['pull'] },
    summary: "List a publisher's public repositories, and for members with a token all of them",
    params: aliasParamSchema,
    query: numberedPageSchema.extend({ sort: z.enum(PUBLISHER_SORTS).default('updated') }),
    output: z.object({ total: z.number(), page: z.number(), repositories: z.array(summarySchema) }),
    handle: async (app, { caller, params: { alias }, query }) => {
      const registry = aliasSchema.safeParse(alias).success ? await findRegistryByAlias(app, alias) : null;
      if (!registry) throw noPublisher(alias);
      const membership = await findMembership(app, { principal: caller.principal, registryKey: registry.id });
      const { repositories, total } = await listPublisherRepositories(app, {
        registryKey: registry.id,
        isMember: isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership }),
        sort: query.sort,
        offset: toOffset(query),
        limit: query.limit,
      });
      const rows = repositories.map((repository) => ({
        ...repository,
        fullName: `${registry.primaryAlias}/${repository.name}`,
        logoUrl: logoUrl(app, repository.logoId),
      }));
      return { total, page: query.page, repositories: rows };
    },
  }),
];

function noPublisher(alias: string): AppError {
  return new AppError('not_found', `Publisher ${JSON.stringify(alias)} doesn't exist.`);
}

/** PostgreSQL text can't contain NUL. */
function withoutNul(value: string): string {
  return value.replaceAll('\0', '');
}

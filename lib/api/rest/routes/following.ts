// Stars, and what a user follows.
import { z } from 'zod';
import { setDigest } from '#lib/following/digest/set-digest.ts';
import { followPublisher } from '#lib/following/follow-publisher.ts';
import { followRepository } from '#lib/following/follow-repository.ts';
import { listFollowed, listStarred } from '#lib/following/following-queries.ts';
import { createFeedLink } from '#lib/following/private-feed/create-feed-link.ts';
import { findFeedLink } from '#lib/following/private-feed/find-feed-link.ts';
import { revokeFeedLink } from '#lib/following/private-feed/revoke-feed-link.ts';
import { readFeed } from '#lib/following/read-feed.ts';
import { digestChoiceSchema, parseFeedCursor } from '#lib/following/schema.ts';
import { starRepository } from '#lib/following/star-repository.ts';
import { unfollowPublisher } from '#lib/following/unfollow-publisher.ts';
import { unfollowRepository } from '#lib/following/unfollow-repository.ts';
import { unstarRepository } from '#lib/following/unstar-repository.ts';
import { AppError } from '#lib/platform/errors.ts';
import { defineRoute, type RestApp } from '../define-route.ts';
import { logoUrl } from '../logo-url.ts';
import { pageSchema } from '../paging.ts';

const tag = 'account';
const repositoryParams = z.object({
  repository: z.string().max(300).describe('ALIAS/NAME with each slash encoded as %2F'),
});
const publisherParams = z.object({ alias: z.string().max(100).describe('Any active alias of the publisher') });

const cursorSchema = z
  .string()
  .transform((text, context) => {
    const position = parseFeedCursor(text);
    if (position) return position;
    context.addIssue({ code: 'custom', message: 'before must be the next of a page.' });
    return z.NEVER;
  })
  .nullable()
  .default(null);

const itemSchema = z.object({
  kind: z.enum(['push', 'repository', 'deprecation']).describe('repository: a new one of a followed publisher'),
  fullName: z.string().describe('ALIAS/NAME'),
  at: z.date(),
  tags: z.array(z.string()).optional().describe('Pushed in a row, latest first'),
  text: z.string().optional().describe('Of a deprecation'),
});

export const FOLLOWING_ROUTES = [
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/star',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Star a public repository. Your account must be a day old, with a confirmed address',
    params: repositoryParams,
    handle: (app, { caller, params }) => starRepository(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/star',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Remove your star',
    params: repositoryParams,
    handle: (app, { caller, params }) => unstarRepository(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/follow',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Follow a public repository',
    params: repositoryParams,
    handle: (app, { caller, params }) => followRepository(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/follow',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Unfollow a repository',
    params: repositoryParams,
    handle: (app, { caller, params }) => unfollowRepository(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/publishers/{alias}/follow',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Follow a publisher',
    params: publisherParams,
    handle: (app, { caller, params }) => followPublisher(app, { caller, alias: params.alias }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/publishers/{alias}/follow',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Unfollow a publisher',
    params: publisherParams,
    handle: (app, { caller, params }) => unfollowPublisher(app, { caller, alias: params.alias }),
  }),
  defineRoute({
    method: 'GET',
    path: '/me/following',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'List the repositories and publishers you follow, latest first',
    output: z.object({
      repositories: z.array(z.object({ fullName: z.string(), logoUrl: z.string().nullable(), followedAt: z.date() })),
      publishers: z.array(
        z.object({
          alias: z.string().describe('The primary alias'),
          displayName: z.string().describe('Empty when only the alias is shown'),
          logoUrl: z.string().nullable(),
          followedAt: z.date(),
        }),
      ),
    }),
    handle: async (app, { caller }) => {
      const { repositories, publishers } = await listFollowed(app, caller.principal);
      return {
        repositories: repositories.map((one) => toRepository(app, one)),
        publishers: publishers.map(({ logoId, ...publisher }) => ({ ...publisher, logoUrl: logoUrl(app, logoId) })),
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/me/stars',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'List the repositories you starred, latest first',
    query: pageSchema,
    output: z.object({
      total: z.number(),
      repositories: z.array(z.object({ fullName: z.string(), logoUrl: z.string().nullable(), starredAt: z.date() })),
    }),
    handle: async (app, { caller, query }) => {
      const { repositories, total } = await listStarred(app, { userId: caller.principal.userId, ...query });
      return { total, repositories: repositories.map((one) => toRepository(app, one)) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/me/digest',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Get the feed by email, daily or weekly, or turn that off',
    body: z.object({ period: digestChoiceSchema }),
    handle: (app, { caller, body }) => setDigest(app, { caller, ...body }),
  }),
  defineRoute({
    method: 'GET',
    path: '/me/feed',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Read what happened in the things you follow, latest first',
    query: z.object({
      before: cursorSchema.describe('The next of the previous page'),
      limit: pageSchema.shape.limit.describe('Pushed tags count one each'),
    }),
    output: z.object({ items: z.array(itemSchema), next: z.string().nullable().describe('Null on the last page') }),
    handle: async (app, { caller, query }) => {
      const { items, next } = await readFeed(app, { userId: caller.principal.userId, ...query });
      return { items: items.map((item) => ({ ...item, fullName: `${item.alias}/${item.name}` })), next };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/me/feed-url',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Create a URL for your private Atom feed. The previous one stops working',
    output: z.object({ url: z.string().describe('Anyone with it can read the feed'), createdAt: z.date() }),
    handle: async (app, { caller }) => {
      await createFeedLink(app, { caller });
      const link = await findFeedLink(app, caller.principal);
      // Another request has revoked it in the meantime.
      if (!link) throw new AppError('conflict', 'The feed URL was revoked in the meantime. Create a new one.');
      return link;
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/me/feed-url',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Revoke the URL of your private Atom feed',
    handle: (app, { caller }) => revokeFeedLink(app, { caller }),
  }),
];

function toRepository<Row extends { alias: string; name: string; logoId: string | null }>(app: RestApp, row: Row) {
  return { ...row, fullName: `${row.alias}/${row.name}`, logoUrl: logoUrl(app, row.logoId) };
}

// A user's sessions, notifications and invitations to join a registry.
import { z } from 'zod';
import { acceptInvitation } from '#lib/publishers/members/accept-invitation.ts';
import { describeRegistry } from '#lib/repositories/queries.ts';
import { markNotificationsRead } from '#lib/identity/notifications/mark-notifications-read.ts';
import { countUnreadNotifications, listNotifications } from '#lib/identity/notifications/notification-queries.ts';
import { listAccessTokens, listSessions } from '#lib/identity/sessions/queries.ts';
import { revokeOtherSessions } from '#lib/identity/sessions/revoke-other-sessions.ts';
import { revokeSession } from '#lib/identity/sessions/revoke-session.ts';
import { defineRoute } from '../define-route.ts';
import { keysetSchema } from '../paging.ts';

const tag = 'account';

export const ACCOUNT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/me/sessions',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'List your sessions',
    output: z.object({
      sessions: z.array(
        z.object({
          id: z.string(),
          method: z.string(),
          address: z.string().nullable(),
          userAgent: z.string().nullable(),
          createdAt: z.date(),
          lastSeenAt: z.date(),
        }),
      ),
    }),
    handle: async (app, { caller }) => ({ sessions: await listSessions(app, caller.principal) }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/me/sessions',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'End all of your sessions',
    output: z.object({ ended: z.number() }),
    handle: async (app, { caller }) => ({ ended: await revokeOtherSessions(app, { caller }) }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/me/sessions/{id}',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'End one of your sessions',
    params: z.object({ id: z.string() }),
    handle: (app, { caller, params }) => revokeSession(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'GET',
    path: '/me/tokens',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'List your access tokens. Creating and revoking them takes the console',
    output: z.object({
      tokens: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          hint: z.string(),
          scopes: z.array(z.string()),
          createdAt: z.date(),
          expiresAt: z.date().nullable(),
          lastUsedAt: z.date().nullable(),
          isExpired: z.boolean(),
        }),
      ),
    }),
    handle: async (app, { caller }) => ({ tokens: await listAccessTokens(app, caller.principal) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/me/notifications',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'List your notifications, latest first',
    query: keysetSchema,
    output: z.object({
      unread: z.number(),
      notifications: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          body: z.string(),
          href: z.string(),
          createdAt: z.date(),
          readAt: z.date().nullable(),
        }),
      ),
    }),
    handle: async (app, { caller: { principal }, query }) => ({
      unread: await countUnreadNotifications(app, principal),
      notifications: await listNotifications(app, { userId: principal.userId, ...query }),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/me/notifications/read',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Mark one or all notifications as read',
    body: z.object({ id: z.string().nullable().default(null) }),
    handle: (app, { caller, body }) => markNotificationsRead(app, { caller, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/invitations/accept',
    tag,
    access: 'user',
    reach: { to: 'account' },
    summary: 'Accept an invitation by its secret',
    body: z.object({ secret: z.string().max(200) }),
    output: z.object({ registryId: z.string(), displayName: z.string() }),
    handle: async (app, { caller, body }) => describeRegistry(app, await acceptInvitation(app, { caller, ...body })),
  }),
];

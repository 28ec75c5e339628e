// Accounts, registries and site health, for admins.
import { z } from 'zod';
import { listAllRegistries } from '#lib/repositories/admin-queries.ts';
import { resolveQuota } from '#lib/publishers/registry-quota.ts';
import { setRegistryQuota } from '#lib/publishers/set-registry-quota.ts';
import { changeSiteRole } from '#lib/identity/accounts/change-site-role.ts';
import { createUserByLink } from '#lib/identity/accounts/create-user-by-link.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { enableUser } from '#lib/identity/accounts/enable-user.ts';
import { resetFactors } from '#lib/identity/factors/reset-factors.ts';
import { createEmailLink } from '#lib/identity/password-reset/create-email-link.ts';
import { createResetLink } from '#lib/identity/password-reset/create-reset-link.ts';
import { vouchForEmail } from '#lib/identity/email/vouch-for-email.ts';
import { SITE_ROLES } from '#lib/access/schema.ts';
import { listUsers } from '#lib/identity/accounts/user-queries.ts';
import { readSiteHealth } from '../../read-site-health.ts';
import { readSiteOverview } from '../../read-site-overview.ts';
import { defineRoute } from '../define-route.ts';
import { pageSchema } from '../paging.ts';

const tag = 'admin';
const userKeySchema = z.object({ userId: z.string() });
const accountLinkSchema = z.object({ url: z.string().describe('Works once. Not shown again'), expiresAt: z.date() });
const searchSchema = pageSchema.extend({ q: z.string().max(200).default('') });

const healthSchema = z.object({
  database: z.object({ sizeBytes: z.number(), answerMs: z.number() }),
  blobStore: z.object({
    problem: z.string().nullable().describe('Why writing fails'),
    blobCount: z.number(),
    sizeBytes: z.number(),
    damagedCount: z.number().describe('Blobs with lost or corrupt bytes. Pushing them again restores them'),
  }),
  disk: z
    .object({ freeBytes: z.number(), totalBytes: z.number(), reserveBytes: z.number() })
    .nullable()
    .describe('Null while the disk of the blob store is missing'),
  search: z.object({
    engine: z.enum(['postgres', 'meilisearch']),
    problem: z.string().nullable().describe('Why it is unavailable. The database answers meanwhile'),
    documentCount: z.number().describe('Indexed repositories'),
  }),
  jobs: z.object({
    waiting: z.number(),
    running: z.number(),
    failed: z.number(),
    failures: z.array(
      z.object({
        id: z.string(),
        job: z.string(),
        attempts: z.number(),
        maxAttempts: z.number(),
        error: z.string(),
        failedAt: z.date(),
        nextTryAt: z.date().nullable(),
      }),
    ),
  }),
  versions: z.object({ vitrine: z.string(), node: z.string(), postgres: z.string() }),
  startedAt: z.date(),
});

export const ADMIN_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/admin/overview',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Get pending work and totals of the site',
    output: z.object({
      openReports: z.number(),
      openRequests: z.number(),
      quarantined: z.number(),
      failedJobs: z.number(),
      users: z.number(),
      registries: z.number(),
      repositories: z.number(),
    }),
    handle: (app, { caller }) => readSiteOverview(app, { caller }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/health',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Get the health of database, blob store, disk, background jobs and versions',
    output: healthSchema,
    handle: (app, { caller }) => readSiteHealth(app, { caller }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/users',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List accounts by part of email address or name',
    query: searchSchema.extend({
      role: z.enum(SITE_ROLES).nullable().default(null),
      email: z.string().max(320).optional().describe('The exact address'),
      subject: z.string().max(255).optional().describe("The user's id at the site's identity provider"),
    }),
    output: z.object({
      total: z.number(),
      rows: z.array(
        z.object({
          id: z.string(),
          email: z.string(),
          displayName: z.string(),
          role: z.enum(SITE_ROLES),
          disabledAt: z.date().nullable(),
          createdAt: z.date(),
          lastSignInAt: z.date().nullable(),
          emailProvenAt: z.date().nullable().describe('Null until the address has been verified'),
          hasFactor: z.boolean().describe('Whether the user has a passkey or an authenticator app'),
        }),
      ),
    }),
    handle: (app, { query: { q, ...query } }) => listUsers(app, { query: q, ...query }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/users',
    tag,
    access: 'admin',
    status: 201,
    reach: { to: 'site' },
    summary: 'Create an account, and a one-time link that sets its password, to hand to the user',
    body: z.object({ email: z.string(), displayName: z.string(), role: z.enum(SITE_ROLES).default('user') }),
    output: accountLinkSchema.extend({ userId: z.string() }),
    handle: (app, { caller, body }) => createUserByLink(app, { caller, ...body }),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/admin/users/{userId}',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Change a user's site role",
    params: userKeySchema,
    body: z.object({ role: z.enum(SITE_ROLES) }),
    handle: (app, { caller, params, body }) => changeSiteRole(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/users/{userId}/disable',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Disable an account and end its sessions, access tokens, access keys and sessions of roles',
    params: userKeySchema,
    body: z.object({
      reason: z.string(),
      endMemberships: z
        .boolean()
        .default(false)
        .describe('Also leave all registries, which enabling the account does not undo. May be repeated'),
    }),
    output: z.object({
      registriesLeft: z.number(),
      registriesKept: z
        .array(z.string())
        .describe('Registries without another owner. The account stays their owner, but can do nothing while disabled'),
    }),
    handle: async (app, { caller, params, body }) => {
      const { left, kept } = await disableUser(app, { caller, ...params, ...body });
      return { registriesLeft: left, registriesKept: kept };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/users/{userId}/enable',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Enable a disabled account',
    params: userKeySchema,
    handle: (app, { caller, params }) => enableUser(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/users/{userId}/reset-link',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Create a one-time link that sets a user's password, to hand to the user",
    params: userKeySchema,
    output: accountLinkSchema,
    handle: (app, { caller, params }) => createResetLink(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/users/{userId}/reset-factors',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Remove a user's passkeys, authenticator app and recovery codes, and end their sessions",
    params: userKeySchema,
    handle: (app, { caller, params }) => resetFactors(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/users/{userId}/email-link',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Create a one-time link that confirms or changes a user's address, to hand to the user",
    params: userKeySchema,
    body: z.object({ email: z.string().describe('The current address to confirm it, or a new one') }),
    output: accountLinkSchema,
    handle: (app, { caller, params, body }) => createEmailLink(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/users/{userId}/vouch',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Confirm an account's email address",
    params: userKeySchema,
    body: z.object({ email: z.string().describe("The address you saw. A concurrent change isn't confirmed") }),
    handle: (app, { caller, params, body }) => vouchForEmail(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/registries',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List registries by part of alias or name, or by number',
    query: searchSchema,
    output: z.object({
      total: z.number(),
      rows: z.array(
        z.object({
          registryId: z.string(),
          displayName: z.string(),
          primaryAlias: z.string(),
          aliases: z.array(z.string()),
          isVerified: z.boolean(),
          isDemo: z.boolean(),
          quotaBytes: z.number().nullable().describe('Null means unlimited'),
          isOwnQuota: z.boolean().describe("False when the site's default applies"),
          storedBytes: z.number().describe('What counts towards the quota, without open uploads'),
          pullCount: z.number().describe('Of all time'),
          memberCount: z.number(),
          repositoryCount: z.number(),
          createdAt: z.date(),
        }),
      ),
    }),
    handle: async (app, { query: { q, ...query } }) => {
      const { rows, total } = await listAllRegistries(app, { query: q, ...query });
      const withQuota = rows.map((row) => ({
        ...row,
        quotaBytes: resolveQuota(app.config, row.quotaBytes),
        isOwnQuota: row.quotaBytes !== null,
      }));
      return { rows: withQuota, total };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/admin/registries/{registryId}/quota',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Set a registry's storage quota",
    params: z.object({ registryId: z.string() }),
    body: z.object({
      quota: z.string().describe('A size such as 10GB, "unlimited" or "default"'),
    }),
    handle: (app, { caller, params, body }) => setRegistryQuota(app, { caller, ...params, ...body }),
  }),
];

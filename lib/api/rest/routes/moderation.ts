// Reports by anyone, and moderation by admins.
import { z } from 'zod';
import { listQuarantined, listReports } from '#lib/repositories/admin-queries.ts';
import { handleReport, handleReportSchema } from '#lib/repositories/moderation/handle-report.ts';
import { liftQuarantine } from '#lib/repositories/moderation/lift-quarantine.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { reportPage, reportSchema } from '#lib/repositories/moderation/report-page.ts';
import { REPORT_STATUSES } from '#lib/repositories/schema.ts';
import { takeDownRepository } from '#lib/repositories/moderation/take-down-repository.ts';
import { defineRoute } from '../define-route.ts';
import { pageSchema } from '../paging.ts';

const tag = 'moderation';
const repositorySchema = z.object({ repository: z.string().max(300).describe('ALIAS/NAME') });
const decisionSchema = repositorySchema.extend({ reason: z.string().describe('Shown to everyone who pulls') });

export const MODERATION_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/reports',
    tag,
    access: 'anyone',
    status: 201,
    reach: { to: 'none' },
    summary: "Report a page to the site's admins",
    body: reportSchema,
    output: z.object({ id: z.string() }),
    handle: (app, { address, body }) => reportPage(app, { ...body, address }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/reports',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List reports',
    query: pageSchema.extend({ status: z.enum(REPORT_STATUSES).default('open') }),
    output: z.object({
      total: z.number(),
      rows: z.array(
        z.object({
          id: z.string(),
          target: z.string(),
          reason: z.string(),
          text: z.string(),
          email: z.string().nullable(),
          status: z.enum(REPORT_STATUSES),
          createdAt: z.date(),
          handledAt: z.date().nullable(),
        }),
      ),
    }),
    handle: (app, { query }) => listReports(app, query),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/reports/{id}/handle',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Close a report',
    params: z.object({ id: z.string() }),
    body: handleReportSchema,
    handle: (app, { caller, params, body }) => handleReport(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/quarantine',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List quarantined repositories',
    output: z.object({
      repositories: z.array(z.object({ fullName: z.string(), reason: z.string(), quarantinedAt: z.date() })),
    }),
    handle: async (app) => ({ repositories: await listQuarantined(app) }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/quarantine',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Quarantine a repository, which hides it and refuses pulls and pushes',
    body: decisionSchema,
    handle: (app, { caller, body: { repository, reason } }) =>
      quarantineRepository(app, { caller, fullName: repository, reason }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/quarantine/lift',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Lift a quarantine',
    body: repositorySchema,
    handle: (app, { caller, body: { repository } }) => liftQuarantine(app, { caller, fullName: repository }),
  }),
  defineRoute({
    method: 'POST',
    path: '/admin/takedowns',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Take a repository down. Only admins can restore it, for a while',
    body: decisionSchema,
    handle: (app, { caller, body: { repository, reason } }) =>
      takeDownRepository(app, { caller, fullName: repository, reason }),
  }),
];

// The site itself: its status for everyone, and what admins set about it.
import { z } from 'zod';
import { listHomePicks, setHomePicks } from '#lib/gallery/home/set-home-picks.ts';
import { LOGO_MEDIA_TYPES, MAX_LOGO_BYTES } from '#lib/publishers/schema.ts';
import { setSiteLogo } from '#lib/publishers/logos/set-site-logo.ts';
import { maintenanceOf } from '#lib/site/maintenance.ts';
import { BANNER_LEVELS, type SiteSettings } from '#lib/site/schema.ts';
import { setMaintenance } from '#lib/site/set-maintenance.ts';
import { updateSiteSettings } from '#lib/site/update-site-settings.ts';
import { readPublicStatus, SERVICE_STATES } from '../../read-public-status.ts';
import { defineRoute } from '../define-route.ts';
import { logoUrl } from '../logo-url.ts';

const tag = 'admin';
const text = z.string();
const settingsSchema = z.object({
  name: text.describe('Empty for Vitrine'),
  description: text.describe('One line'),
  accent: text.nullable().describe('A colour such as #0b6b64'),
  contact: text.describe('An email address or a web page'),
  termsUrl: text,
  privacyUrl: text,
  staffNeedFactor: z.boolean().describe('Whether reviewers and admins need a second factor'),
  bannerText: text.describe('An announcement above every page. Empty for none'),
  bannerLevel: z.enum(BANNER_LEVELS),
  bannerUrl: text,
});

const maintenanceOutput = z.object({ isReadOnly: z.boolean(), since: z.date().nullable(), note: text });

function showMaintenance(settings: SiteSettings): z.input<typeof maintenanceOutput> {
  const { since, note } = maintenanceOf(settings);
  return { isReadOnly: since !== null, since, note };
}

const picksSchema = z.object({ picks: z.array(z.string().max(300)).describe('ALIAS/NAME of public repositories') });
const stateSchema = z.enum(SERVICE_STATES);

export const SITE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/status',
    tag: 'meta',
    access: 'anyone',
    reach: { to: 'none' },
    summary: 'Get whether pulls, pushes, search and background work are available',
    output: z.object({
      services: z.object({ pulls: stateSchema, pushes: stateSchema, search: stateSchema, background: stateSchema }),
      checkedAt: z.date(),
    }),
    handle: (app) => readPublicStatus(app),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/settings',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Get the site's settings. Empty texts are unset",
    output: settingsSchema.extend({ bannerUntil: z.date().nullable(), logoUrl: z.string().nullable() }),
    handle: async (app) => {
      const { logoId, ...settings } = await app.siteSettings.read();
      return { ...settings, logoUrl: logoUrl(app, logoId) };
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/admin/settings',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Change the site's settings. Missing ones stay",
    body: settingsSchema
      .extend({ bannerUntil: z.string().nullable().describe('A day such as 2026-11-30, or a time') })
      .partial(),
    handle: (app, { caller, body }) => updateSiteSettings(app, { caller, settings: body }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/maintenance',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Get whether the site is read-only for maintenance',
    output: maintenanceOutput,
    handle: async (app) => showMaintenance(await app.siteSettings.read()),
  }),
  defineRoute({
    method: 'PUT',
    path: '/admin/maintenance',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    isOpenInMaintenance: true,
    summary: 'Make the site read-only, or end that. Pulls and pages go on, and writes get a 503',
    body: z.object({
      isReadOnly: z.boolean(),
      note: text.optional().describe('One line for those whose writes are refused, such as when it ends'),
    }),
    output: maintenanceOutput,
    handle: async (app, { caller, body }) => {
      await setMaintenance(app, { caller, maintenance: { ...body, note: body.note ?? '' } });
      return showMaintenance(await app.siteSettings.read());
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/picks',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List the repositories picked for the home page',
    output: picksSchema,
    handle: async (app) => ({ picks: await listHomePicks(app) }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/admin/picks',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Replace the repositories picked for the home page',
    body: picksSchema,
    handle: (app, { caller, body }) => setHomePicks(app, { caller, picks: body.picks }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/admin/settings/logo',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Set the site's logo: 60 to 2048 pixels per side, at most 512,000 bytes. It is re-encoded",
    rawBody: { maxBytes: MAX_LOGO_BYTES, mediaTypes: LOGO_MEDIA_TYPES },
    output: z.object({ logoUrl: z.string().nullable() }),
    handle: async (app, { caller, bytes }) => ({
      logoUrl: logoUrl(app, await setSiteLogo(app, { caller, image: bytes })),
    }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/admin/settings/logo',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Remove the site's logo",
    handle: async (app, { caller }) => {
      await setSiteLogo(app, { caller, image: null });
    },
  }),
];

// The settings that admins change on the site. Browser-safe. Empty texts are unset.
import { z } from 'zod';
import { oneLine } from '#lib/platform/one-line.ts';

export const DEFAULT_SITE_NAME = 'Vitrine';
export const DEFAULT_SITE_DESCRIPTION = 'Find, share and pull public container images.';

export const MAX_SITE_NAME_LENGTH = 60;
export const MAX_SITE_DESCRIPTION_LENGTH = 200;
export const MAX_BANNER_LENGTH = 300;
const MAX_URL_LENGTH = 500;

export const BANNER_LEVELS = ['info', 'warning', 'critical'] as const;
export type BannerLevel = (typeof BANNER_LEVELS)[number];

const isWebAddress = (value: string) => /^https?:$/.test(URL.parse(value)?.protocol ?? '');
const url = oneLine(MAX_URL_LENGTH, `Use at most ${MAX_URL_LENGTH} characters.`).refine(
  (value) => value === '' || isWebAddress(value),
  'Enter an address that starts with https:// or http://.',
);
const contact = oneLine(MAX_URL_LENGTH, `Use at most ${MAX_URL_LENGTH} characters.`).refine(
  (value) => value === '' || isWebAddress(value) || z.email().safeParse(value).success,
  'Enter an email address, or an address that starts with https://.',
);

const DAY_MS = 86_400_000;
/** A day such as `2026-11-30` counts until its end, in UTC. */
const until = z
  .union([z.iso.date(), z.iso.datetime({ offset: true }), z.literal('')], { error: 'Enter a date such as 2026-11-30.' })
  .transform((value) => {
    if (value === '') return null;
    const time = Date.parse(value);
    return new Date(value.includes('T') ? time : time + DAY_MS);
  })
  .nullable();

export const siteSettingsSchema = z.object({
  name: oneLine(MAX_SITE_NAME_LENGTH, `Use at most ${MAX_SITE_NAME_LENGTH} characters.`),
  description: oneLine(MAX_SITE_DESCRIPTION_LENGTH, `Use at most ${MAX_SITE_DESCRIPTION_LENGTH} characters.`),
  accent: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^(?:#[0-9a-f]{6})?$/, 'Enter a colour such as #0b6b64.')
    .transform((value) => value || null)
    .nullable(),
  contact,
  termsUrl: url,
  privacyUrl: url,
  /** Whether reviewers and admins need a second factor (lib/identity/factors). */
  staffNeedFactor: z.boolean(),
  bannerText: oneLine(MAX_BANNER_LENGTH, `Use at most ${MAX_BANNER_LENGTH} characters.`),
  bannerLevel: z.enum(BANNER_LEVELS, { error: `Choose one of ${BANNER_LEVELS.join(', ')}.` }),
  bannerUrl: url,
  bannerUntil: until,
});

export type SiteSettings = z.output<typeof siteSettingsSchema> & {
  logoId: string | null;
  /** Null: the site takes writes (maintenance.ts). */
  maintenanceSince: Date | null;
  maintenanceNote: string;
};
export const maintenanceSchema = z.object({
  isReadOnly: z.boolean(),
  note: oneLine(MAX_BANNER_LENGTH, `Use at most ${MAX_BANNER_LENGTH} characters.`),
});
export type MaintenanceInput = z.input<typeof maintenanceSchema>;

export type SiteSettingsInput = Partial<z.input<typeof siteSettingsSchema>>;

/** Before the first change. */
export const NO_SITE_SETTINGS: SiteSettings = {
  name: '',
  description: '',
  accent: null,
  contact: '',
  termsUrl: '',
  privacyUrl: '',
  staffNeedFactor: false,
  bannerText: '',
  bannerLevel: 'info',
  bannerUrl: '',
  bannerUntil: null,
  logoId: null,
  maintenanceSince: null,
  maintenanceNote: '',
};

export function siteName({ name }: Pick<SiteSettings, 'name'>): string {
  return name || DEFAULT_SITE_NAME;
}

export function siteDescription({ description }: Pick<SiteSettings, 'description'>): string {
  return description || DEFAULT_SITE_DESCRIPTION;
}

export type Announcement = { text: string; level: BannerLevel; url: string };

/** Returns null without a current announcement. */
export function currentBanner(
  settings: Pick<SiteSettings, 'bannerText' | 'bannerLevel' | 'bannerUrl' | 'bannerUntil'>,
  now = new Date(),
): Announcement | null {
  const { bannerText: text, bannerLevel: level, bannerUrl, bannerUntil } = settings;
  const isOver = bannerUntil !== null && bannerUntil <= now;
  return text === '' || isOver ? null : { text, level, url: bannerUrl };
}

/** Returns null while the site takes writes. */
export function maintenanceBanner({
  maintenanceSince,
  maintenanceNote,
}: Pick<SiteSettings, 'maintenanceSince' | 'maintenanceNote'>): Announcement | null {
  if (maintenanceSince === null) return null;
  return { text: `This site is read-only for maintenance. ${maintenanceNote}`.trim(), level: 'warning', url: '' };
}

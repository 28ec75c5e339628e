import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { SiteSettings, SiteSettingsInput } from '#lib/site/schema.ts';
import { updateSiteSettings } from '#lib/site/update-site-settings.ts';
import { print, withApp, type Command, type OptionValues } from './command.ts';

export const showSiteCommand: Command = {
  summary: "Show the site's settings",
  options: {},
  run: async (values) => {
    const settings = await withApp((app) => app.siteSettings.read());
    print(values, settings, describe(settings));
  },
};

const OPTIONS = {
  name: 'Name of the site',
  description: 'One line that says what the site is',
  accent: 'Accent colour such as #0b6b64',
  contact: 'Email address or web page',
  'terms-url': 'Address of the terms of use',
  'privacy-url': 'Address of the privacy policy',
  'staff-need-factor': 'Whether reviewers and admins need a second factor: 1 or 0',
  'banner-text': 'Announcement above every page',
  'banner-level': 'info, warning or critical',
  'banner-url': 'Address that the announcement links to',
  'banner-until': 'Last day of the announcement, such as 2026-11-30',
};

export const updateSiteCommand: Command = {
  summary: "Change the site's settings. An empty value removes one",
  options: Object.fromEntries(Object.entries(OPTIONS).map(([name, doc]) => [name, { value: 'TEXT', doc }])),
  run: async (values) => {
    const settings = readOptions(values);
    if (Object.keys(settings).length === 0) {
      throw new AppError('invalid_input', 'Give at least one setting. --help lists them.');
    }
    const changed = await withApp(async (app) => {
      await updateSiteSettings(app, { caller: SYSTEM_CALLER, settings });
      return app.siteSettings.read();
    });
    print(values, changed, describe(changed));
  },
};

function readOptions(values: OptionValues): SiteSettingsInput {
  const given = Object.keys(OPTIONS).filter((name) => typeof values[name] === 'string');
  const texts = Object.fromEntries(given.map((name) => [toKey(name), values[name]]));
  const isRequired = values['staff-need-factor'];
  if (isRequired === undefined) return texts;
  if (isRequired !== '1' && isRequired !== '0') {
    throw new AppError('invalid_input', '--staff-need-factor must be 1 or 0.');
  }
  return { ...texts, staffNeedFactor: isRequired === '1' };
}

/** `terms-url` → `termsUrl` */
function toKey(option: string): string {
  return option.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
}

function describe(settings: SiteSettings): string[] {
  return Object.keys(OPTIONS).map((name) => {
    const value = settings[toKey(name) as keyof SiteSettings];
    if (typeof value === 'boolean') return `${name}: ${value ? '1' : '0'}`;
    return `${name}: ${value instanceof Date ? value.toISOString() : (value ?? '')}`;
  });
}

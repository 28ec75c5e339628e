// Input schemas for aliases, domains, logos and profiles. Browser-safe.
import { z } from 'zod';
import { oneLine, shortText } from '#lib/platform/one-line.ts';
import { isProvableDomain } from './verification/verification.ts';

/** The same grammar as ECR Public's aliases. */
export const aliasSchema = z
  .string()
  .min(2, 'Use at least 2 characters.')
  .max(50, 'Use at most 50 characters.')
  .regex(
    /^[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    'Start with a letter. Use lowercase letters and digits, separated by single . _ or - characters.',
  );

export const registryNameSchema = oneLine(100, 'Use at most 100 characters.').min(1, 'Enter a name.');

/** Which missing repositories a push creates. `template`: those that a creation template matches. */
export const PUSH_CREATIONS = ['always', 'template', 'never'] as const;
export type PushCreation = (typeof PUSH_CREATIONS)[number];

/** A registry's own settings. */
export const registrySettingsSchema = z.object({
  /** The visibility of repositories created by a push. */
  pushVisibility: z.enum(['public', 'private'], { error: 'Choose public or private.' }),
  pushCreation: z.enum(PUSH_CREATIONS, { error: 'Choose which repositories a push creates.' }),
});
export type RegistrySettings = z.output<typeof registrySettingsSchema>;

export const domainSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253, 'Use at most 253 characters.')
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/,
    'Enter a domain such as example.org.',
  )
  .refine(isProvableDomain, 'This is a public suffix. Enter your own domain.');

/** Limits of an uploaded logo. The pixel limits apply to each side. */
export const MAX_LOGO_BYTES = 512_000;
export const MIN_LOGO_PIXELS = 60;
export const MAX_LOGO_PIXELS = 2_048;
export const LOGO_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

export const MAX_BIO_LENGTH = 500;
export const MAX_PINS = 6;
const MAX_LINK_LENGTH = 300;

/** components/catalog/banner.tsx has their values. Empty for none. */
export const BANNER_COLOURS = ['teal', 'blue', 'violet', 'rose', 'amber', 'green', 'slate'] as const;
export type BannerColour = (typeof BANNER_COLOURS)[number];

const link = oneLine(MAX_LINK_LENGTH, `Use at most ${MAX_LINK_LENGTH} characters.`);

/** Credentials or a host without a dot have no place in a public link. */
function isPublicLink(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hostname.includes('.');
}

/** Hosts in other scripts are kept in Punycode, so that look-alikes show. */
function normalizeLink(value: string): string {
  if (!isPublicLink(value)) return value;
  const { origin, href } = new URL(value);
  return href === `${origin}/` ? origin : href;
}

const linkSchema = link
  .refine((value) => value === '' || isPublicLink(value), 'Enter an address such as https://example.org.')
  .transform(normalizeLink);

/** What a publisher says about itself. Empty texts are unset. */
export const publisherProfileSchema = z.object({
  bio: shortText(MAX_BIO_LENGTH),
  website: linkSchema,
  sourceUrl: linkSchema,
  contact: link
    .refine(
      (value) => value === '' || isPublicLink(value) || z.email().safeParse(value).success,
      'Enter an email address, or an address such as https://example.org.',
    )
    .transform(normalizeLink),
  bannerColour: z.enum(['', ...BANNER_COLOURS], { error: `Choose one of ${BANNER_COLOURS.join(', ')}.` }),
});
export type PublisherProfile = z.output<typeof publisherProfileSchema>;

export const EMPTY_PROFILE: PublisherProfile & { pins: string[] } = {
  bio: '',
  website: '',
  sourceUrl: '',
  contact: '',
  bannerColour: '',
  pins: [],
};

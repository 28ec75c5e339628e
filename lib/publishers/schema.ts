// What publishers are called, their domains and logos. Browser-safe.
import { z } from 'zod';
import { isProvableDomain } from './verification/verification.ts';

/** The same shape as in the registry this product stands beside: `[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*`, 2 to 50. */
export const aliasSchema = z
  .string()
  .min(2, 'An alias has at least 2 characters.')
  .max(50, 'An alias has at most 50 characters.')
  .regex(
    /^[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    'An alias starts with a letter and has lower-case letters and digits, with single . _ or - between them.',
  );

export const domainSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253, 'A domain has at most 253 characters.')
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/,
    'Enter a domain such as example.org.',
  )
  .refine(isProvableDomain, 'Everybody can have a name below this one. Enter your own domain.');

/** Of a logo as it is uploaded; each side is within these pixels. */
export const MAX_LOGO_BYTES = 512_000;
export const MIN_LOGO_PIXELS = 60;
export const MAX_LOGO_PIXELS = 2_048;
export const LOGO_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

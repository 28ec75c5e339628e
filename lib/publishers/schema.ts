// Input schemas for aliases, domains and logos. Browser-safe.
import { z } from 'zod';
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

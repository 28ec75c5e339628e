// A publisher's advice against using a repository. Browser-safe.
import { z } from 'zod';
import { parseImageReference } from '#lib/oci/reference.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

export const MAX_DEPRECATION_LENGTH = 500;

/** JavaScript reads February 31st as March 3rd. */
const isDay = (text: string) => z.iso.date().safeParse(text).success;

export const deprecationSchema = z.object({
  text: z
    .string()
    .trim()
    .min(1, 'Say why, and what to use instead.')
    .max(MAX_DEPRECATION_LENGTH, `Enter at most ${MAX_DEPRECATION_LENGTH} characters.`)
    .refine((value) => toStorableText(value) === value, "Remove characters that can't be stored."),
  /** `ALIAS/NAME` of this site, or `HOST/NAME` of another one; empty for none. */
  successor: z
    .string()
    .trim()
    .max(300, 'Enter at most 300 characters.')
    .refine(isSuccessor, 'Enter ALIAS/NAME, or HOST/NAME for another registry, without a tag.')
    .default(''),
  /** A UTC date such as 2027-01-31; empty for none. */
  endsOn: z
    .string()
    .trim()
    .regex(/^(?:\d{4}-\d{2}-\d{2})?$/, 'Enter a date such as 2027-01-31.')
    .refine((text) => text === '' || isDay(text), 'Enter a date that exists.')
    .default(''),
});
export type DeprecationInput = z.output<typeof deprecationSchema>;

function isSuccessor(text: string): boolean {
  if (text === '') return true;
  const parsed = /\s|^https?:/i.test(text) ? null : parseImageReference(text);
  if (parsed === null || parsed.tag !== null || parsed.digest !== null) return false;
  return parsed.host !== null || parsed.name.includes('/');
}

/** As pages and the API show it. */
export type Deprecation = DeprecationInput & { since: Date };

export type DeprecationColumns = {
  deprecatedAt: Date | null;
  deprecationText: string;
  deprecationSuccessor: string;
  deprecationEndsOn: Date | null;
};

export const DEPRECATION_COLUMNS = {
  deprecatedAt: true,
  deprecationText: true,
  deprecationSuccessor: true,
  deprecationEndsOn: true,
} as const;

/** Null if it isn't deprecated. */
export function toDeprecation(row: DeprecationColumns): Deprecation | null {
  if (row.deprecatedAt === null) return null;
  const endsOn = row.deprecationEndsOn?.toISOString().slice(0, 10) ?? '';
  return { since: row.deprecatedAt, text: row.deprecationText, successor: row.deprecationSuccessor, endsOn };
}

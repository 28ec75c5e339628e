// Input schemas for mirrors. Browser-safe.
import { z } from 'zod';
import { oneLine } from '#lib/platform/one-line.ts';
import { isName } from '#lib/oci/name.ts';

export const DEFAULT_TAG_TTL_SECONDS = 300;
export const DAY_SECONDS = 24 * 60 * 60;
export const DEFAULT_STALE_SECONDS = 30 * DAY_SECONDS;
const MAX_TTL_SECONDS = 365 * DAY_SECONDS;
const MAX_TAG_RULES = 20;

const secondsSchema = z
  .number({ error: 'Enter a number.' })
  .int('Enter whole seconds.')
  .min(0, 'Enter zero or more.')
  .max(MAX_TTL_SECONDS, 'Enter one year at most.');

/** A tag or a pattern in which `*` matches anything. */
const tagPatternSchema = z
  .string()
  .trim()
  .regex(/^[\w.*-]{1,128}$/, 'Use only letters, digits, "_", ".", "-" and "*".');

export const tagRuleSchema = z.object({
  pattern: tagPatternSchema,
  ttlSeconds: secondsSchema,
});
export type TagRule = z.output<typeof tagRuleSchema>;
export const tagRulesSchema = z.array(tagRuleSchema).max(MAX_TAG_RULES, `Add at most ${MAX_TAG_RULES} rules.`);

/** A name at the upstream. It may have one component, as Docker Hub's `alpine`. */
export const upstreamNameSchema = z.string().trim().refine(isName, 'Enter a repository name, such as library/alpine.');

/** Prepended to every name of a mirrored registry: empty, `library` or `owner/project`. */
export const upstreamPrefixSchema = z
  .string()
  .trim()
  .transform((text) => text.replace(/\/$/, ''))
  .refine((text) => text === '' || isName(text), 'Enter a name prefix, such as library.');

/** Omitted settings keep their values or defaults. */
export const upstreamSettingsSchema = z.object({
  host: z.string().trim().min(1, 'Enter a registry, such as ghcr.io.').max(300),
  isPlainHttp: z.boolean().optional(),
  tokenHost: z.string().trim().max(300).nullish(),
  username: oneLine(200).nullish(),
  /** Belongs to the user name and is kept while that stays the same. */
  password: z.string().max(4096).nullish(),
  tagTtlSeconds: secondsSchema.optional(),
  tagRules: tagRulesSchema.optional(),
  staleSeconds: secondsSchema.optional(),
});
export type UpstreamSettingsInput = z.input<typeof upstreamSettingsSchema>;

/** How a request was answered: from the cache, revalidated, fetched, or from a stale copy. */
export const CACHE_STATUSES = ['HIT', 'REVALIDATED', 'MISS', 'STALE'] as const;
export type CacheStatus = (typeof CACHE_STATUSES)[number];

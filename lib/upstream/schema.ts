// What people say of a mirror. Browser-safe.
import { z } from 'zod';
import { oneLine } from '#lib/platform/one-line.ts';
import { isName } from '#lib/oci/name.ts';

export const DEFAULT_TAG_TTL_SECONDS = 300;
export const DAY_SECONDS = 24 * 60 * 60;
export const DEFAULT_STALE_SECONDS = 30 * DAY_SECONDS;
const MAX_TTL_SECONDS = 365 * DAY_SECONDS;
const MAX_TAG_RULES = 20;

const secondsSchema = z
  .number({ error: 'That is no number.' })
  .int('Whole seconds only.')
  .min(0, 'Less than nothing is no time.')
  .max(MAX_TTL_SECONDS, 'A year at most.');

/** A tag, or the beginning or end of some: `*` stands for anything. */
const tagPatternSchema = z
  .string()
  .trim()
  .regex(/^[\w.*-]{1,128}$/, 'A pattern is made of the characters of tags and *.');

export const tagRuleSchema = z.object({
  pattern: tagPatternSchema,
  ttlSeconds: secondsSchema,
});
export type TagRule = z.output<typeof tagRuleSchema>;
export const tagRulesSchema = z.array(tagRuleSchema).max(MAX_TAG_RULES, `At most ${MAX_TAG_RULES} rules.`);

/** Of the upstream: one component will do, as `alpine` of Docker Hub. */
export const upstreamNameSchema = z
  .string()
  .trim()
  .refine(isName, 'That is not the name of a repository, such as library/alpine.');

/** Before every name of a mirrored registry: empty, or `library`, or `owner/project`. */
export const upstreamPrefixSchema = z
  .string()
  .trim()
  .transform((text) => text.replace(/\/$/, ''))
  .refine((text) => text === '' || isName(text), 'That is not the beginning of a name, such as library.');

/** What is left out stays as it is, or as it is by default. */
export const upstreamSettingsSchema = z.object({
  host: z.string().trim().min(1, 'Name the registry, such as ghcr.io.').max(300),
  isPlainHttp: z.boolean().optional(),
  tokenHost: z.string().trim().max(300).nullish(),
  username: oneLine(200).nullish(),
  /** Goes with the user name, and stays as long as that does. */
  password: z.string().max(4096).nullish(),
  tagTtlSeconds: secondsSchema.optional(),
  tagRules: tagRulesSchema.optional(),
  staleSeconds: secondsSchema.optional(),
});
export type UpstreamSettingsInput = z.input<typeof upstreamSettingsSchema>;

/** How an answer came about: from what is here, asked for first, fetched, or from an old copy. */
export const CACHE_STATUSES = ['HIT', 'REVALIDATED', 'MISS', 'STALE'] as const;
export type CacheStatus = (typeof CACHE_STATUSES)[number];

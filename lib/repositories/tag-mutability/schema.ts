// Which tags of a repository can't be overwritten. Browser-safe.
import { z } from 'zod';

export const TAG_MUTABILITIES = ['mutable', 'immutable', 'immutable_with_exclusion', 'mutable_with_exclusion'] as const;
export const tagMutabilitySchema = z.enum(TAG_MUTABILITIES, { error: 'Choose which tags can be overwritten.' });
export type TagMutability = z.infer<typeof tagMutabilitySchema>;

export const TAG_MUTABILITY_LABELS: Record<TagMutability, string> = {
  mutable: 'Mutable tags',
  immutable: 'Immutable tags',
  immutable_with_exclusion: 'Immutable tags with exceptions',
  mutable_with_exclusion: 'Mutable tags with exceptions',
};

export type TagMutabilityRule = {
  tagMutability: TagMutability;
  /** Patterns of tag names, with `*`. Only the two rules with an exclusion have some. */
  tagExclusions: string[];
};

export const MAX_TAG_EXCLUSIONS = 5;
const MAX_PATTERN_LENGTH = 128;
const MAX_WILDCARDS = 2;

export const tagExclusionSchema = z
  .string()
  .trim()
  .min(1, 'Enter a pattern.')
  .max(MAX_PATTERN_LENGTH, `Patterns have at most ${MAX_PATTERN_LENGTH} characters.`)
  .regex(/^[0-9a-zA-Z._*-]+$/, 'Patterns contain letters, digits and . _ - *')
  .refine(
    (pattern) => pattern.split('*').length <= MAX_WILDCARDS + 1,
    `Patterns contain * at most ${MAX_WILDCARDS} times.`,
  );

export const tagMutabilityRuleSchema = z
  .object({
    tagMutability: tagMutabilitySchema,
    tagExclusions: z
      .array(tagExclusionSchema)
      .max(MAX_TAG_EXCLUSIONS, `Enter at most ${MAX_TAG_EXCLUSIONS} patterns.`)
      .transform((patterns) => [...new Set(patterns)])
      .default([]),
  })
  .superRefine(({ tagMutability, tagExclusions }, context) => {
    const message = hasExclusions(tagMutability)
      ? tagExclusions.length === 0 && 'Enter at least one pattern.'
      : tagExclusions.length > 0 && 'Only rules with exceptions have patterns.';
    if (message) context.addIssue({ code: 'custom', path: ['tagExclusions'], message });
  });

export function hasExclusions(tagMutability: TagMutability): boolean {
  return tagMutability === 'immutable_with_exclusion' || tagMutability === 'mutable_with_exclusion';
}

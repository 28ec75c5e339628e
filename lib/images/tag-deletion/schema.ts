// Which tags to delete. Browser-safe.
import { z } from 'zod';
import { parseDigest } from '#lib/oci/digest.ts';
import { isTag } from '#lib/oci/reference.ts';

/** One request deletes at most this many. Repeat it for more. */
export const MAX_TAGS_AT_ONCE = 1_000;
const MAX_PATTERN_LENGTH = 128;

/** `*` matches any characters and `?` one. */
export const tagPatternSchema = z
  .string()
  .trim()
  .min(1, 'Enter a pattern such as pr-*.')
  .max(MAX_PATTERN_LENGTH, `Enter at most ${MAX_PATTERN_LENGTH} characters.`)
  .regex(/^[\w.*?-]+$/, 'Use the characters of tags, * for any characters and ? for one.');

const tagSchema = z.string().refine(isTag, 'Enter a valid tag.');
const digestSchema = z.string().refine((text) => parseDigest(text) !== null, 'Enter a digest such as sha256:….');

/** A tag and what it pointed to when it was chosen. */
export const chosenTagSchema = z.object({ name: tagSchema, digest: digestSchema });
export type ChosenTag = z.output<typeof chosenTagSchema>;

export const chosenTagsSchema = z
  .array(chosenTagSchema)
  .min(1, 'Select at least one tag.')
  .max(MAX_TAGS_AT_ONCE, `Select at most ${MAX_TAGS_AT_ONCE} tags.`);

export const tagNamesSchema = z
  .array(tagSchema)
  .min(1, 'Select at least one tag.')
  .max(MAX_TAGS_AT_ONCE, `Select at most ${MAX_TAGS_AT_ONCE} tags.`);

// Keys and values that owners sort repositories and principals by, as in AWS. Browser-safe.

export type KeyedTag = { key: string; value: string };
/** By key. */
export type TagValues = Readonly<Record<string, string>>;

export const MAX_KEYED_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const RESERVED_PREFIX = /^aws:/i;
// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Returns what is wrong with tags that are to be set, or null. */
export function findTagProblem(tags: readonly KeyedTag[]): string | null {
  if (new Set(tags.map(({ key }) => key)).size < tags.length) return 'Each tag key can occur only once in a request.';
  for (const { key, value } of tags) {
    if (key === '' || key.length > MAX_KEY_LENGTH) return `Tag keys have 1 to ${MAX_KEY_LENGTH} characters.`;
    if (value.length > MAX_VALUE_LENGTH) return `Tag values have at most ${MAX_VALUE_LENGTH} characters.`;
    if (RESERVED_PREFIX.test(key)) return 'Tag keys that begin with aws: are reserved.';
    if (!ALLOWED.test(key) || !ALLOWED.test(value)) {
      return 'Tags contain letters, digits, spaces and _ . : / = + - @ only.';
    }
  }
  return null;
}

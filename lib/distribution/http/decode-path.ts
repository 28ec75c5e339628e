const ESCAPE = /%[0-9a-f]{2}/gi;
/** RFC 3986 §2.3, and the colon, which has no other meaning in a path. */
const UNRESERVED = /[A-Za-z0-9._~:-]/;
const ESCAPED_LENGTH = 3;

/**
 * Decodes escapes that don't change the meaning (RFC 3986 §6.2.2), because clients may send `sha256%3A`. Keeps all
 * others, so that `%2F` never becomes a slash.
 */
export function decodePath(path: string, maxLength: number): string {
  if (!path.includes('%') || path.length > maxLength * ESCAPED_LENGTH) return path;
  return path.replace(ESCAPE, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape;
  });
}

const BASE = 'http://site.invalid';

/** Returns a path on this site, or the fallback for any other URL. */
export function safePath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || !value.startsWith('/') || value.length > 2_000) return fallback;
  const url = URL.parse(value, BASE);
  // `//host`, `/\host` and tabs between the slashes all parse to another origin.
  if (url?.origin !== BASE || url.pathname.startsWith('//')) return fallback;
  return url.pathname + url.search;
}

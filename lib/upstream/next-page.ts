/**
 * The query of an upstream's `Link: <…>; rel="next"`, put to the same path as before: where the link points otherwise is no
 * business of ours. Null: this was the last page.
 */
export function readNextPage(link: string | string[] | undefined, path: string): string | null {
  const header = Array.isArray(link) ? link[0] : link;
  const [, target] = /^<([^<>]{1,2000})>\s*;[^,]*\brel="?next"?/.exec(header?.trim() ?? '') ?? [];
  const query = target === undefined ? -1 : target.indexOf('?');
  if (target === undefined || query < 0) return null;
  return `${path}?${new URLSearchParams(target.slice(query + 1)).toString()}`;
}

// Parses RFC 8288 §3 Link headers from a server that may be hostile.
import { invalidUpstream } from '#lib/upstream/client/upstream-errors.ts';

const MAX_LENGTH = 16_384;
// None of these can backtrack, because no repetition matches what follows it.
const TARGET = /<([^<>]*)>/y;
const PARAMETER = /[ \t]*;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*)?/y;
const QUOTED = /=[ \t]*"((?:[^"\\]|\\[^])*)"/y;
const BARE = /=[ \t]*([^"\s,;][^\s,;]*)?/y;
const SEPARATOR = /[ \t,]*/y;
const NEXT = /(?:^|\s)next(?:\s|$)/i;

type NextPage = {
  host: string;
  link: string | string[] | undefined;
  /** The list's path below the repository. */
  path: string;
};

/**
 * Returns the path of the next page: the same path, with the query of the upstream's `rel="next"` link. The rest of the
 * link is ignored. Null after the last page.
 * @throws AppError `upstream_invalid` for a malformed link, because a truncated list must not pass for the whole one
 */
export function readNextPage({ host, link, path }: NextPage): string | null {
  const header = Array.isArray(link) ? link.join(', ') : (link ?? '');
  const target = findNext(host, header);
  if (target === null) return null;
  const [address = ''] = target.split('#');
  const query = address.indexOf('?');
  if (query < 0) throw invalidUpstream(`${host} returned a list whose next link has no query.`);
  return `${path}?${new URLSearchParams(address.slice(query + 1)).toString()}`;
}

/** "The rel parameter MUST NOT appear more than once in a given link-value; occurrences after the first MUST be ignored." */
function findNext(host: string, header: string): string | null {
  const malformed = () => invalidUpstream(`${host} returned a list with a malformed Link header.`);
  if (header.length > MAX_LENGTH) throw malformed();
  let at = 0;
  const take = (expression: RegExp) => {
    expression.lastIndex = at;
    const match = expression.exec(header);
    if (match) at = expression.lastIndex;
    return match;
  };
  for (;;) {
    take(SEPARATOR);
    if (at >= header.length) return null;
    const target = take(TARGET)?.[1];
    if (target === undefined) throw malformed();
    const parameters = new Map<string, string>();
    for (let found = take(PARAMETER); found; found = take(PARAMETER)) {
      const name = found[1]?.toLowerCase();
      if (name === undefined) continue;
      const value = take(QUOTED)?.[1]?.replace(/\\([^])/g, '$1') ?? take(BARE)?.[1] ?? '';
      if (!parameters.has(name)) parameters.set(name, value);
    }
    take(/[ \t]*/y);
    if (at < header.length && header[at] !== ',') throw malformed();
    // An anchor makes the link describe another resource.
    if (NEXT.test(parameters.get('rel') ?? '') && !parameters.has('anchor')) return target;
  }
}

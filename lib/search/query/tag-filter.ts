import { isTag } from '#lib/oci/reference.ts';
import type { SearchFilters } from '#lib/search/schema.ts';

const TAG = /(?:^|\s)tag:(\S+)/i;

/** Takes `tag:1.27` out of a query and filters by it. Only the first one counts. */
export function withTagFilter<Asked extends { query: string; filters: SearchFilters }>(asked: Asked): Asked {
  const { rest, tag } = splitTag(asked.query);
  return tag === null ? asked : { ...asked, query: rest, filters: { ...asked.filters, tag } };
}

export function splitTag(query: string): { rest: string; tag: string | null } {
  const tag = TAG.exec(query)?.[1];
  if (tag === undefined || !isTag(tag)) return { rest: query, tag: null };
  return { rest: query.replace(TAG, ' ').trim(), tag };
}

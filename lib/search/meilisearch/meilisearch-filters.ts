import type { ExpandedQuery } from '#lib/search/query/expand-query.ts';
import { namesMeant } from '#lib/search/postgres/postgres-match.sql.ts';
import { AGE_DAYS, type SearchFilters } from '#lib/search/schema.ts';

const DAY_SECONDS = 86_400;

/** Returns filters that must all match. Quoting prevents injection. */
export function meilisearchFilters(filters: SearchFilters): string[] {
  const { os, architecture, category, kind, alias, isVerified, isSigned, pushedWithin } = filters;
  return [
    ...(os ? [`os = ${quote(os)}`] : []),
    ...(architecture ? [`architecture = ${quote(architecture)}`] : []),
    ...(category ? [`category = ${quote(category)}`] : []),
    ...(kind ? [`kind = ${kind}`] : []),
    ...(alias ? [`aliases = ${quote(alias)}`] : []),
    ...(isVerified ? ['verified = true'] : []),
    ...(isSigned ? ['signed = true'] : []),
    ...(pushedWithin ? [`pushedAt > ${Math.floor(Date.now() / 1000) - AGE_DAYS[pushedWithin] * DAY_SECONDS}`] : []),
  ];
}

/** Excludes hits that were already listed by name. */
export function withoutNames(query: ExpandedQuery): string[] {
  return [`named NOT IN [${namesMeant(query).map(quote).join(', ')}]`];
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

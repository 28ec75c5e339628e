import type { ExpandedQuery } from '#lib/search/query/expand-query.ts';
import { namesMeant } from '#lib/search/postgres/postgres-match.sql.ts';
import { AGE_DAYS, SIZE_BYTES, type SearchFilters } from '#lib/search/schema.ts';

const DAY_SECONDS = 86_400;

/** Returns filters that must all match. Quoting prevents injection. */
export function meilisearchFilters(filters: SearchFilters): string[] {
  const { os, architecture, platform, category, licence, base, maxSize } = filters;
  const { kind, alias, isVerified, isSigned, pushedWithin } = filters;
  return [
    ...(os ? [`os = ${quote(os)}`] : []),
    ...(architecture ? [`architecture = ${quote(architecture)}`] : []),
    ...(platform ? [`platform = ${quote(platform)}`] : []),
    ...(category ? [`category = ${quote(category)}`] : []),
    ...(licence ? [`licence = ${quote(licence)}`] : []),
    ...(base ? [`base = ${quote(base)}`] : []),
    ...(maxSize ? [`size <= ${SIZE_BYTES[maxSize]}`] : []),
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

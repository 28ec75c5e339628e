// Parses query strings. Invalid values count as absent.
import { architectureName, operatingSystemName, platformName } from '#lib/oci/facts/platform.ts';
import { AGES, KINDS, SIZE_LIMITS, SORTS, type SearchFilters } from '#lib/search/schema.ts';
import type { SearchLink } from '#components/links.ts';

export type RawSearchParams = Record<string, string | string[] | undefined>;

const MAX_TEXT_LENGTH = 300;
const MAX_PAGE = 10_000;

export function textParam(params: RawSearchParams, name: string, maxLength = MAX_TEXT_LENGTH): string {
  const value = params[name];
  // PostgreSQL rejects NUL in text.
  const text = (Array.isArray(value) ? value[0] : value)?.replaceAll('\0', '');
  return (text ?? '').trim().slice(0, maxLength);
}

export function choiceParam<Choice extends string>(
  params: RawSearchParams,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = textParam(params, name);
  return choices.find((choice) => choice === value);
}

/** One-based. */
export function pageParam(params: RawSearchParams): number {
  const page = Number(textParam(params, 'page'));
  return Number.isInteger(page) && page >= 1 ? Math.min(page, MAX_PAGE) : 1;
}

/** Holds the order that the visitor chose last. */
export const SORT_COOKIE = 'search-sort';

export type Search = SearchLink & Required<Pick<SearchLink, 'q' | 'sort' | 'page'>>;

/** @param rememberedSort applies where the URL has no order */
export function parseSearch(params: RawSearchParams, rememberedSort = ''): Search {
  return {
    q: textParam(params, 'q'),
    ...platformParams(params),
    category: textParam(params, 'category') || undefined,
    licence: textParam(params, 'licence') || undefined,
    base: textParam(params, 'base') || undefined,
    size: choiceParam(params, 'size', SIZE_LIMITS),
    kind: choiceParam(params, 'kind', KINDS),
    verified: choiceParam(params, 'verified', ['1'] as const),
    signed: choiceParam(params, 'signed', ['1'] as const),
    pushed: choiceParam(params, 'pushed', AGES),
    sort: choiceParam(params, 'sort', SORTS) ?? SORTS.find((sort) => sort === rememberedSort) ?? 'relevance',
    page: pageParam(params),
  };
}

/** Older links have `os` and `arch`, in other words than `linux` and `amd64`. Together they are a platform. */
function platformParams(params: RawSearchParams): Pick<SearchLink, 'os' | 'arch' | 'platform'> {
  const os = operatingSystemName(textParam(params, 'os'));
  const arch = architectureName(textParam(params, 'arch'));
  const platform = platformName(textParam(params, 'platform'));
  if (platform !== null) return { platform };
  if (os !== '' && arch !== '') return { platform: `${os}/${arch}` };
  return { os: os || undefined, arch: arch || undefined };
}

export function filtersOf(search: SearchLink): SearchFilters {
  const { os, arch, platform, category, licence, base, size, kind, verified, signed, pushed } = search;
  return {
    os,
    architecture: arch,
    platform,
    category,
    licence,
    base,
    maxSize: size,
    kind,
    isVerified: verified === '1',
    isSigned: signed === '1',
    pushedWithin: pushed,
  };
}

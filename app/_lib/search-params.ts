// Parses query strings. Invalid values count as absent.
import { AGES, KINDS, SORTS, type SearchFilters } from '#lib/search/schema.ts';
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

export type Search = SearchLink & Required<Pick<SearchLink, 'q' | 'sort' | 'page'>>;

export function parseSearch(params: RawSearchParams): Search {
  return {
    q: textParam(params, 'q'),
    os: textParam(params, 'os') || undefined,
    arch: textParam(params, 'arch') || undefined,
    kind: choiceParam(params, 'kind', KINDS),
    verified: choiceParam(params, 'verified', ['1'] as const),
    signed: choiceParam(params, 'signed', ['1'] as const),
    pushed: choiceParam(params, 'pushed', AGES),
    sort: choiceParam(params, 'sort', SORTS) ?? 'relevance',
    page: pageParam(params),
  };
}

export function filtersOf({ os, arch, kind, verified, signed, pushed }: SearchLink): SearchFilters {
  return { os, architecture: arch, kind, isVerified: verified === '1', isSigned: signed === '1', pushedWithin: pushed };
}

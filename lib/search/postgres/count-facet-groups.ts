// Counts facets. The database groups the matches once by every facet, and this module sums the few groups per facet, ignoring the
// facet's own filter.
import {
  AGES,
  MAX_FACET_VALUES,
  SIZE_LIMITS,
  type FacetName,
  type FacetValue,
  type SearchFacets,
  type SearchFilters,
} from '#lib/search/schema.ts';
import type { FacetGroup } from './count-facet-groups.sql.ts';

type Choice = { name: FacetName; valuesOf: (group: FacetGroup) => string[]; chosen: string | undefined };

export function countFacetGroups(groups: FacetGroup[], filters: SearchFilters): SearchFacets {
  const choices: Choice[] = [
    { name: 'category', valuesOf: (group) => group.categories, chosen: filters.category },
    { name: 'platform', valuesOf: (group) => group.platforms, chosen: filters.platform },
    { name: 'licence', valuesOf: (group) => group.licences, chosen: filters.licence },
    {
      name: 'base',
      valuesOf: (group) => (group.base_system === null ? [] : [group.base_system]),
      chosen: filters.base,
    },
    { name: 'size', valuesOf: ({ size }) => SIZE_LIMITS.slice(size), chosen: filters.maxSize },
    { name: 'kind', valuesOf: (group) => [group.kind], chosen: filters.kind },
    {
      name: 'verified',
      valuesOf: (group) => (group.verified ? ['1'] : []),
      chosen: filters.isVerified ? '1' : undefined,
    },
    { name: 'signed', valuesOf: (group) => (group.signed ? ['1'] : []), chosen: filters.isSigned ? '1' : undefined },
    { name: 'pushed', valuesOf: ({ age }) => AGES.slice(age), chosen: filters.pushedWithin },
  ];
  // A group counts for a facet when it passes the filters of all others.
  const failed = groups.map((group) =>
    choices.filter(({ chosen, valuesOf }) => chosen !== undefined && !valuesOf(group).includes(chosen)),
  );
  const entries = choices.map((choice) => {
    const found = groups.filter((_group, at) => failed[at]?.every((other) => other === choice));
    return [choice.name, countValues(found, choice.valuesOf)] as const;
  });
  return Object.fromEntries(entries) as Record<FacetName, FacetValue[]>;
}

function countValues(groups: FacetGroup[], valuesOf: Choice['valuesOf']): FacetValue[] {
  const counts = new Map<string, number>();
  for (const group of groups) {
    for (const value of valuesOf(group)) counts.set(value, (counts.get(value) ?? 0) + group.count);
  }
  return sortFacet([...counts].map(([value, count]) => ({ value, count: Math.round(count) })));
}

/** Applies the order and the limit that every index uses. */
export function sortFacet(values: FacetValue[]): FacetValue[] {
  return values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, MAX_FACET_VALUES);
}

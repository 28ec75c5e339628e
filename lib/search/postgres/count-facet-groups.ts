// Counts facets. The database groups the matches once by every facet, and this module sums the few groups per facet,
// ignoring the
// facet's own filter.
import { Prisma } from '#lib/platform/prisma/client.ts';
import {
  AGE_DAYS,
  AGES,
  MAX_FACET_VALUES,
  type FacetName,
  type FacetValue,
  type SearchFacets,
  type SearchFilters,
} from '#lib/search/schema.ts';

/** Counts only the largest groups, because publishers can invent any number of platforms. */
const MAX_GROUPS = 5_000;

export type FacetGroup = {
  operating_systems: string[];
  architectures: string[];
  kind: string;
  verified: boolean;
  signed: boolean;
  /** Index of the youngest of `AGES` that includes the group, or `AGES.length` when it is older. */
  age: number;
  count: number;
};

export const FACET_GROUPS = (where: Prisma.Sql) => Prisma.sql`
  SELECT operating_systems, architectures, kind, verified, signed,
         ${Prisma.raw(ageSql())} AS age, count(*)::int AS count
    FROM search_repositories WHERE ${where}
   GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY count DESC LIMIT ${MAX_GROUPS}`;

function ageSql(): string {
  const cases = AGES.map((age, at) => `WHEN pushed_at > now() - interval '${AGE_DAYS[age]} days' THEN ${at}`);
  return `CASE ${cases.join(' ')} ELSE ${AGES.length} END`;
}

type Choice = { name: FacetName; valuesOf: (group: FacetGroup) => string[]; chosen: string | undefined };

export function countFacetGroups(groups: FacetGroup[], filters: SearchFilters): SearchFacets {
  const choices: Choice[] = [
    { name: 'os', valuesOf: (group) => group.operating_systems, chosen: filters.os },
    { name: 'architecture', valuesOf: (group) => group.architectures, chosen: filters.architecture },
    { name: 'kind', valuesOf: (group) => [group.kind], chosen: filters.kind },
    {
      name: 'verified',
      valuesOf: (group) => (group.verified ? ['1'] : []),
      chosen: filters.isVerified ? '1' : undefined,
    },
    { name: 'signed', valuesOf: (group) => (group.signed ? ['1'] : []), chosen: filters.isSigned ? '1' : undefined },
    { name: 'pushed', valuesOf: ({ age }) => AGES.slice(age), chosen: filters.pushedWithin },
  ];
  const isChosen = ({ chosen, valuesOf }: Choice, group: FacetGroup) =>
    chosen === undefined || valuesOf(group).includes(chosen);
  const entries = choices.map((choice) => {
    const others = choices.filter((other) => other !== choice);
    const found = groups.filter((group) => others.every((other) => isChosen(other, group)));
    return [choice.name, countValues(found, choice.valuesOf)] as const;
  });
  return Object.fromEntries(entries) as SearchFacets;
}

function countValues(groups: FacetGroup[], valuesOf: Choice['valuesOf']): FacetValue[] {
  const counts = new Map<string, number>();
  for (const group of groups) {
    for (const value of valuesOf(group)) counts.set(value, (counts.get(value) ?? 0) + group.count);
  }
  return sortFacet([...counts].map(([value, count]) => ({ value, count })));
}

/** Applies the order and the limit that every index uses. */
export function sortFacet(values: FacetValue[]): FacetValue[] {
  return values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, MAX_FACET_VALUES);
}

// Counts facets exactly up to MAX_COUNTED matches, and beyond that from a sample, so that a common word costs no more than a
// rare one.
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import type { ExpandedQuery } from '#lib/search/query/expand-query.ts';
import {
  FACET_FILTERS,
  FACETS,
  MAX_COUNTED,
  type FacetValue,
  type SearchFacets,
  type SearchFilters,
} from '#lib/search/schema.ts';
import { chooseMatch } from './choose-match.ts';
import { countFacetGroups, sortFacet } from './count-facet-groups.ts';
import { listFacetGroups, type FacetGroup } from './count-facet-groups.sql.ts';
import { countMatches } from './postgres-index.sql.ts';
import { and, EVERYTHING, filterSql, inSamples, matchText, SAMPLES } from './postgres-match.sql.ts';

/** Matches to count in a sample. Then a choice of one tenth is wrong by a few percent. */
const SAMPLE_SIZE = 5_000;

export async function countExpandedFacets(db: Db, query: ExpandedQuery, filters: SearchFilters): Promise<SearchFacets> {
  const match = matchText(query);
  // These have no facet of their own.
  const { alias, os, architecture, tag } = filters;
  const outer = filterSql({ alias, os, architecture, tag });
  // A whole gallery is counted exactly, because its facets are cached for long.
  if (!match) return countFacetGroups(await listFacetGroups(db, and([EVERYTHING, ...outer])), filters);
  const { condition, common, total } = await chooseMatch(db, match, filters);
  const isFiltered = FACETS.some((name) => filters[FACET_FILTERS[name]] !== undefined);
  const outerTotal = isFiltered ? await countMatches(db, [condition, ...outer], MAX_COUNTED + 1) : total;
  if (outerTotal <= MAX_COUNTED) {
    return countFacetGroups(await listFacetGroups(db, and([condition, ...outer])), filters);
  }
  const estimate = countFacetGroups(await sampleFacetGroups(db, and([common, ...outer])), filters);
  if (total > MAX_COUNTED) return { ...estimate, estimated: [...FACETS] };
  // Few pass all filters, so only what else could be chosen instead of one of them is an estimate.
  const exact = countFacetGroups(await listFacetGroups(db, and([condition, ...filterSql(filters)])), filters);
  const estimated = FACETS.filter((name) => filters[FACET_FILTERS[name]] !== undefined);
  for (const name of estimated) exact[name] = withChosen(estimate[name], filters[FACET_FILTERS[name]], total);
  return { ...exact, estimated };
}

/** What is chosen already has been counted. */
function withChosen(values: FacetValue[], chosen: string | boolean | undefined, count: number): FacetValue[] {
  const value = chosen === true ? '1' : String(chosen);
  return sortFacet([...values.filter((other) => other.value !== value), { value, count }]);
}

/** Reads as many samples as have about `SAMPLE_SIZE` matches, and extrapolates. */
async function sampleFacetGroups(db: Db, where: Prisma.Sql): Promise<FacetGroup[]> {
  const inOne = await countMatches(db, [where, inSamples(1)], SAMPLE_SIZE);
  const samples = Math.min(SAMPLES, Math.ceil(SAMPLE_SIZE / Math.max(1, inOne)));
  const groups = await listFacetGroups(db, and([where, inSamples(samples)]));
  return groups.map((group) => ({ ...group, count: (group.count * SAMPLES) / samples }));
}

// Counts facets exactly up to about MAX_COUNTED matches, and beyond that from a sample, so that a common word costs no more than a
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
/** So many in one sample stand for about `MAX_COUNTED`. */
const LARGE = MAX_COUNTED / SAMPLES;

export async function countExpandedFacets(db: Db, query: ExpandedQuery, filters: SearchFilters): Promise<SearchFacets> {
  const match = matchText(query);
  // These have no facet of their own.
  const { alias, os, architecture, tag } = filters;
  const outer = filterSql({ alias, os, architecture, tag });
  const countExactly = async (where: Prisma.Sql) => countFacetGroups(await listFacetGroups(db, where), filters);
  // A whole gallery is counted exactly, because its facets are cached for long.
  if (!match) return countExactly(and([EVERYTHING, ...outer]));
  const { common } = match.full;
  const inOneSample = await countInOneSample(db, [common.all, ...outer]);
  if (inOneSample < LARGE) {
    const { condition } = await chooseMatch(db, match, filters);
    return countExactly(and([condition, ...outer]));
  }
  const estimate = countFacetGroups(await sampleFacetGroups(db, [common.all, ...outer], inOneSample), filters);
  const chosen = FACETS.filter((name) => filters[FACET_FILTERS[name]] !== undefined);
  const filtered = [common.all, ...filterSql(filters)];
  const isLarge = chosen.length === 0 || (await countInOneSample(db, filtered)) >= LARGE;
  if (isLarge) return { ...estimate, estimated: [...FACETS] };
  // Few pass all filters, so only what else could be chosen instead of one of them is an estimate.
  const groups = await listFacetGroups(db, and(filtered));
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const exact = countFacetGroups(groups, filters);
  for (const name of chosen) exact[name] = withChosen(estimate[name], filters[FACET_FILTERS[name]], total);
  return { ...exact, estimated: chosen };
}

function countInOneSample(db: Db, conditions: Prisma.Sql[]): Promise<number> {
  return countMatches(db, [...conditions, inSamples(1)], SAMPLE_SIZE);
}

/** What is chosen already has been counted. */
function withChosen(values: FacetValue[], chosen: string | boolean | undefined, count: number): FacetValue[] {
  const value = chosen === true ? '1' : String(chosen);
  return sortFacet([...values.filter((other) => other.value !== value), { value, count }]);
}

/** Reads as many samples as have about `SAMPLE_SIZE` matches, and extrapolates. */
async function sampleFacetGroups(db: Db, conditions: Prisma.Sql[], inOneSample: number): Promise<FacetGroup[]> {
  const samples = Math.min(SAMPLES, Math.ceil(SAMPLE_SIZE / inOneSample));
  const groups = await listFacetGroups(db, and([...conditions, inSamples(samples)]));
  return groups.map((group) => ({ ...group, count: (group.count * SAMPLES) / samples }));
}

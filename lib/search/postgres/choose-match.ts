// Chooses what a query requires: all its terms, or fewer where few documents have all.
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { ENOUGH, MAX_COUNTED, MAX_REACHABLE, type SearchQuery } from '#lib/search/schema.ts';
import { countEach, countMatches } from './postgres-index.sql.ts';
import { and, filterSql, inAnyText, partialMatches, type TermsMatch, type TextMatch } from './postgres-match.sql.ts';

/** Terms in more documents weigh as little as one in this many. */
const MAX_TERM_COUNT = 1_000;

export type ChosenMatch = {
  condition: Prisma.Sql;
  /** From the best kind of match to all matches. */
  kinds: Prisma.Sql[];
  total: number;
  isPartial: boolean;
  rarities?: number[];
  /** How many of each kind are ranked. */
  candidates: number | null;
};

/**
 * Requires all terms. Where few have all, those that no text has may be missing, then any one, and then any but the
 * rarest.
 */
export async function chooseMatch(db: Db, match: TextMatch, filters: SearchQuery['filters']): Promise<ChosenMatch> {
  const { full, terms, having } = match;
  const total = await countMatches(db, [full.all, ...filterSql(filters)], MAX_COUNTED + 1);
  const complete = { ...withKinds(match, full, total), isPartial: false };
  if (terms.filter(({ isRequired }) => isRequired).length < 2 || total >= ENOUGH) return complete;
  // Filters don't make a search partial.
  const isFiltered = filterSql(filters).length > 0;
  const [fullCount, named, counts] = await Promise.all([
    isFiltered ? countMatches(db, [full.all], ENOUGH) : total,
    countMatches(db, [match.isNamed, full.all], 1),
    countEach(
      db,
      terms.map(({ inTexts }) => inAnyText(inTexts)),
      MAX_TERM_COUNT,
    ),
  ]);
  if (fullCount >= ENOUGH || named > 0) return complete;
  const count = (condition: Prisma.Sql) => countMatches(db, [condition, ...filterSql(filters)], MAX_COUNTED + 1);
  const isFound = (at: number) => (counts[at] ?? 0) > 0;
  const found = terms.every((_, at) => isFound(at)) ? null : having(isFound);
  const foundCount = found ? await count(found.all) : 0;
  if (found && foundCount >= ENOUGH) {
    return { ...withKinds(match, found, foundCount), isPartial: fullCount === 0 };
  }
  // Trust says too little to choose candidates by, except among those of a common term.
  const isRare = counts.some((termCount) => termCount > 0 && termCount < MAX_TERM_COUNT);
  const candidates = isRare ? null : MAX_REACHABLE;
  let chosen: ChosenMatch = complete;
  for (const condition of partialMatches(match, counts, MAX_TERM_COUNT)) {
    const matches = await count(condition);
    const isPartial = fullCount === 0 && matches > 0;
    const kinds = [condition];
    chosen = { condition, kinds, candidates, isPartial, total: matches, rarities: counts.map(rarity) };
    if (matches >= ENOUGH) break;
  }
  return chosen;
}

/** From exact names to names with all the words, and to the rest. */
function withKinds({ isNamed }: TextMatch, found: TermsMatch, total: number) {
  const { all, allInSummary } = total > MAX_COUNTED ? found.common : found;
  const kinds = [and([isNamed, all]), found.allInLeaf, allInSummary, all];
  return { condition: found.all, kinds, candidates: MAX_REACHABLE, total };
}

/** Rare terms say more. */
function rarity(count: number): number {
  return Math.log(1 + MAX_TERM_COUNT / (1 + count));
}

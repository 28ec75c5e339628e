import type { SearchIndex } from '../search-index.ts';
import type { OfficialQuery } from './official-queries.ts';

const FIRST = 5;

export type AnsweredQueries = {
  /** Share of queries with a right answer among the first five. */
  successAt5: number;
  misses: { query: string; found: string[] }[];
};

/** Runs the queries one after another. An answer is right if it is one of the named ones. */
export async function evaluateAnswers(index: SearchIndex, queries: OfficialQuery[]): Promise<AnsweredQueries> {
  const misses: AnsweredQueries['misses'] = [];
  for (const { query, answers } of queries) {
    const { hits } = await index.search({ query, filters: {}, sort: 'relevance', offset: 0, limit: FIRST });
    const found = hits.map(({ name }) => name);
    if (!found.some((name) => answers.includes(name))) misses.push({ query, found });
  }
  return { successAt5: 1 - misses.length / queries.length, misses };
}

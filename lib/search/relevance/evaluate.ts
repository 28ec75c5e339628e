import type { SearchIndex } from '../search-index.ts';
import type { CorpusEntry } from './corpus.ts';
import type { Gain, JudgedQuery } from './queries.ts';

const DEPTH = 10;

export type RankingEvaluation = {
  queries: number;
  /** Shares of queries whose best answer ranks first, or in the first three or five. */
  successAt1: number;
  successAt3: number;
  successAt5: number;
  /** Mean reciprocal rank of the first best answer within ten. */
  mrr: number;
  /** DCG@10 with gains 2^gain − 1, normalized by the ideal order. */
  ndcg: number;
  /** Share of queries without hits. */
  empty: number;
  /** Per search, sorted. */
  latenciesMs: number[];
  /** Queries whose best answer didn't rank first. */
  misses: { query: string; rank: number | null; first: string | null }[];
};

/** Runs the queries one after another and evaluates the first page of each. */
export async function evaluateRanking(
  index: SearchIndex,
  entries: CorpusEntry[],
  queries: JudgedQuery[],
): Promise<RankingEvaluation> {
  const byName = new Map(entries.map((entry) => [`${entry.aliases[0]}/${entry.name}`, entry]));
  const latenciesMs: number[] = [];
  const misses: RankingEvaluation['misses'] = [];
  const ranks: (number | null)[] = [];
  let [ndcg, empty] = [0, 0];
  for (const { query, filters = {}, gainOf } of queries) {
    const started = performance.now();
    const { hits } = await index.search({ query, filters, sort: 'relevance', offset: 0, limit: 25 });
    latenciesMs.push(performance.now() - started);
    const names = hits.slice(0, DEPTH).map((hit) => `${hit.alias}/${hit.name}`);
    const gains = names.map((name) => gainOfEntry(byName.get(name), gainOf));
    const ideal = entries.map(gainOf).filter((gain) => gain > 0);
    const best = Math.max(0, ...ideal);
    const at = gains.findIndex((gain) => gain === best && gain > 0);
    ranks.push(at < 0 ? null : at + 1);
    if (at !== 0) misses.push({ query, rank: at < 0 ? null : at + 1, first: names[0] ?? null });
    ndcg += dcg(gains) / (dcg(ideal.sort((a, b) => b - a).slice(0, DEPTH)) || 1);
    empty += Number(hits.length === 0);
  }
  const within = (n: number) => ranks.filter((rank) => rank !== null && rank <= n).length / ranks.length;
  return {
    queries: queries.length,
    successAt1: within(1),
    successAt3: within(3),
    successAt5: within(5),
    mrr: ranks.reduce<number>((sum, rank) => sum + (rank === null ? 0 : 1 / rank), 0) / ranks.length,
    ndcg: ndcg / queries.length,
    empty: empty / queries.length,
    misses,
    latenciesMs: latenciesMs.sort((a, b) => a - b),
  };
}

function gainOfEntry(entry: CorpusEntry | undefined, gainOf: JudgedQuery['gainOf']): Gain {
  return entry ? gainOf(entry) : 0;
}

function dcg(gains: number[]): number {
  return gains.reduce((sum, gain, at) => sum + (2 ** gain - 1) / Math.log2(at + 2), 0);
}

// Fails when search quality drops below the gates. Asks every third query, and all of them in npm run test:soak.
// `npm run relevance` prints the figures.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { describeMeilisearch } from '#lib/testing/servers/describe-meilisearch.ts';
import { createPostgresIndex } from '#lib/search/postgres/postgres-index.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { makeCorpus } from './corpus.ts';
import { evaluateRanking, type RankingEvaluation } from './evaluate.ts';
import { loadCorpus } from './load-corpus.ts';
import { makeQueries, type QuerySet } from './queries.ts';

const GATES: Record<QuerySet, (found: RankingEvaluation) => Record<string, [figure: number, gate: number]>> = {
  navigational: ({ successAt1, mrr }) => ({ 'success@1': [successAt1, 0.95], 'MRR@10': [mrr, 0.97] }),
  typo: ({ successAt5 }) => ({ 'success@5': [successAt5, 0.9] }),
  separators: ({ successAt3 }) => ({ 'success@3': [successAt3, 0.97] }),
  intent: ({ ndcg }) => ({ 'nDCG@10': [ndcg, 0.88] }),
  descriptions: ({ successAt5 }) => ({ 'success@5': [successAt5, 0.9] }),
  categories: ({ ndcg }) => ({ 'nDCG@10': [ndcg, 0.92] }),
  licences: ({ ndcg }) => ({ 'nDCG@10': [ndcg, 0.92] }),
  trust: ({ successAt1 }) => ({ 'success@1': [successAt1, 1] }),
  reference: ({ successAt1 }) => ({ 'success@1': [successAt1, 1] }),
  scripts: ({ successAt1 }) => ({ 'success@1': [successAt1, 0.97] }),
};

/** Over the queries of all sets. */
const OVERALL_NDCG = 0.92;

const SETS = Object.keys(GATES) as QuerySet[];

const EVERY = process.env.VITRINE_SOAK_SECONDS === undefined ? 3 : 1;

const corpus = makeCorpus();
const queries = makeQueries();
let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
  await loadCorpus(site.app, corpus);
}, 120_000);
afterAll(() => site.close());

describe('search quality', () => {
  test('the corpus has thousands of repositories', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(5_000);
    const sizes = Object.entries(queries).map(([set, { length }]) => `${set} ${length}`);
    expect(sizes).toEqual([
      'navigational 300',
      'typo 600',
      'separators 200',
      'intent 120',
      'descriptions 100',
      'categories 40',
      'licences 40',
      'trust 60',
      'reference 60',
      'scripts 53',
    ]);
  });

  describe('Postgres', () => {
    passesAllGates(() => createPostgresIndex(site.app.db));
  });

  describeMeilisearch(() => site, passesAllGates);
});

function passesAllGates(open: () => SearchIndex): void {
  const evaluated: RankingEvaluation[] = [];
  test.each(SETS)('%s', { timeout: 120_000 }, async (set) => {
    const asked = queries[set].filter((_, i) => i % EVERY === 0);
    const found = await evaluateRanking(open(), corpus, asked);
    evaluated.push(found);
    const missed = JSON.stringify(found.misses.slice(0, 15), null, 1);
    for (const [figure, [value, gate]] of Object.entries(GATES[set](found))) {
      expect(value, `${figure}; not first: ${missed}`).toBeGreaterThanOrEqual(gate);
    }
  });

  test('overall', () => {
    const total = evaluated.reduce((sum, found) => sum + found.queries, 0);
    const ndcg = evaluated.reduce((sum, found) => sum + found.ndcg * found.queries, 0) / total;
    expect(ndcg).toBeGreaterThanOrEqual(OVERALL_NDCG);
  });
}

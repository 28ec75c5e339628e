// Measures search quality and latency: npm run relevance -- [--repositories 5000] [--engine postgres] [--misses].
// Runs both engines or one. Meilisearch needs a server on the PATH or at MEILI_URL.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { feedMeilisearch } from '#lib/search/meilisearch/meilisearch-feed.ts';
import { createMeilisearchIndex } from '#lib/search/meilisearch/meilisearch-index.ts';
import { createPostgresIndex } from '#lib/search/postgres/postgres-index.ts';
import { makeCorpus, MIN_CORPUS_SIZE } from '#lib/search/relevance/corpus.ts';
import { evaluateRanking } from '#lib/search/relevance/evaluate.ts';
import { loadCorpus } from '#lib/search/relevance/load-corpus.ts';
import { makeQueries, QUERY_SETS } from '#lib/search/relevance/queries.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { startMeilisearch, whyNoMeilisearch } from '#lib/testing/servers/start-meilisearch.ts';
import { vacuum } from './bench/seed-gallery.sql.ts';

const { values } = parseArgs({
  options: {
    repositories: { type: 'string', default: String(MIN_CORPUS_SIZE) },
    engine: { type: 'string', multiple: true, default: ['postgres', 'meilisearch'] },
    misses: { type: 'boolean' },
  },
});
const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-relevance-'));
const app = await createApp(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' }), createLog('warn', false));
try {
  const corpus = makeCorpus(Number(values.repositories));
  const loading = performance.now();
  await loadCorpus(app, corpus);
  // Autovacuum would do this after a while.
  await vacuum(app.pool);
  print(`${corpus.length} repositories in ${seconds(performance.now() - loading)} s`);
  if (values.engine.includes('postgres')) await report('Postgres', createPostgresIndex(app.db));
  if (values.engine.includes('meilisearch')) await reportMeilisearch();
} finally {
  await app.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function reportMeilisearch(): Promise<void> {
  const skipReason = whyNoMeilisearch();
  if (skipReason) return print(`\nMeilisearch skipped: ${skipReason}`);
  const meilisearch = await startMeilisearch();
  try {
    const server = meilisearch.open();
    const feeding = performance.now();
    await feedMeilisearch({ db: app.db, pool: app.pool, server });
    print(`\nMeilisearch filled in ${seconds(performance.now() - feeding)} s`);
    await report('Meilisearch', createMeilisearchIndex({ db: app.db, server }));
  } finally {
    await meilisearch.close();
  }
}

async function report(name: string, index: SearchIndex): Promise<void> {
  const queries = makeQueries();
  const corpus = makeCorpus(Number(values.repositories));
  print(
    `\n${name}`.padEnd(16),
    'queries  success@1  success@3  success@5   MRR@10  nDCG@10   empty   p50 ms   p95 ms   p99 ms',
  );
  for (const set of QUERY_SETS) {
    const found = await evaluateRanking(index, corpus, queries[set]);
    const shares = [found.successAt1, found.successAt3, found.successAt5, found.mrr, found.ndcg, found.empty];
    print(
      set.padEnd(16),
      String(found.queries).padStart(6),
      ...shares.map((share) => share.toFixed(3).padStart(9)),
      ...percentiles(found.latenciesMs),
    );
    if (values.misses) for (const miss of found.misses) print('   ', JSON.stringify(miss));
  }
  print(
    'suggestions'.padEnd(16),
    String(queries.navigational.length).padStart(6),
    ' '.repeat(59),
    ...(await timeSuggestions(index)),
  );
  print('facets'.padEnd(16), String(queries.intent.length).padStart(6), ' '.repeat(59), ...(await timeFacets(index)));
}

/** Simulates typing: prefixes of increasing length of the names. */
async function timeSuggestions(index: SearchIndex): Promise<string[]> {
  const typed = makeQueries().navigational.flatMap(({ query }, n) => query.slice(0, 1 + (n % query.length)));
  return time(typed.map((query) => () => index.suggest({ query, limit: 6 })));
}

async function timeFacets(index: SearchIndex): Promise<string[]> {
  const asked = ['', 'server', 'api', ...makeQueries().intent.map(({ query }) => query)];
  return time(asked.map((query) => () => index.countFacets({ query, filters: { os: 'linux' } })));
}

async function time(calls: (() => Promise<unknown>)[]): Promise<string[]> {
  const latenciesMs = [];
  for (const call of calls) {
    const started = performance.now();
    await call();
    latenciesMs.push(performance.now() - started);
  }
  return percentiles(latenciesMs.sort((a, b) => a - b));
}

/** Expects sorted figures. */
function percentiles(sorted: number[]): string[] {
  return [0.5, 0.95, 0.99].map((share) =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1).padStart(8),
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function print(...parts: string[]): void {
  process.stdout.write(`${parts.join(' ')}\n`);
}

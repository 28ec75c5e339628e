import type pg from 'pg';
import { Counter, Gauge, type Registry } from 'prom-client';
import { COUNT_OF_STATUS, type CacheStats, type Counted } from './cache-stats.ts';
import { countCachedBytes } from '#lib/upstream/jobs/evict-blobs.sql.ts';
import { CACHE_STATUSES } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';
import { listUpstreamLabels } from './upstream-metrics.sql.ts';

type Sources = { pool: pg.Pool; upstream: UpstreamRuntime; cacheMaxBytes: number };
const LABELS = ['upstream', 'registry'] as const;

/** Registers metrics of pull-through per upstream since the process started, and of the cache's size. */
export function registerUpstreamMetrics(metrics: Registry, { pool, upstream, cacheMaxBytes }: Sources): void {
  const { stats, client } = upstream;
  const registers = [metrics];
  new Counter({
    name: 'vitrine_upstream_answers_total',
    help: 'Requests for mirrored manifests and lists, by cache status',
    registers,
    labelNames: [...LABELS, 'cache'],
    async collect() {
      this.reset();
      for (const { labels, counts } of await label(pool, stats)) {
        for (const cache of CACHE_STATUSES) this.inc({ ...labels, cache }, counts[COUNT_OF_STATUS[cache]]);
      }
    },
  });
  const sums: [string, string, Counted][] = [
    ['vitrine_upstream_failures_total', 'Upstream requests that failed or returned an invalid response', 'failures'],
    ['vitrine_upstream_fetched_bytes_total', 'Bytes fetched from upstreams', 'fetchedBytes'],
    ['vitrine_upstream_served_bytes_total', 'Bytes of mirrored blobs served to clients', 'servedBytes'],
  ];
  for (const [name, help, what] of sums) {
    new Counter({
      name,
      help,
      registers,
      labelNames: LABELS,
      async collect() {
        this.reset();
        for (const { labels, counts } of await label(pool, stats)) this.inc(labels, counts[what]);
      },
    });
  }
  new Gauge({
    name: 'vitrine_upstream_broken',
    help: '1 while the circuit breaker pauses requests to an upstream',
    registers,
    labelNames: LABELS,
    async collect() {
      this.reset();
      for (const { id, host, labels } of await label(pool, stats)) {
        const address = { id, host, isPlainHttp: false, tokenHost: null, credentials: null };
        this.set(labels, client.state(address).brokenUntil === null ? 0 : 1);
      }
    },
  });
  new Gauge({
    name: 'vitrine_cache_bytes',
    help: 'Bytes of blobs that only mirrors use',
    registers,
    async collect() {
      this.set(await countCachedBytes({ pool }));
    },
  });
  new Gauge({ name: 'vitrine_cache_max_bytes', help: 'Maximum size of the cache in bytes', registers }).set(
    cacheMaxBytes,
  );
  new Gauge({
    name: 'vitrine_upstream_flights',
    help: 'Blobs being fetched from upstreams',
    registers,
    collect() {
      this.set(upstream.blobFlights.size);
    },
  });
}

type Labelled = {
  id: bigint;
  host: string;
  labels: { upstream: string; registry: string };
  counts: Record<Counted, number>;
};

/** Leaves out upstreams that were deleted since. */
async function label(pool: pg.Pool, stats: CacheStats): Promise<Labelled[]> {
  const totals = stats.totals();
  const rows = await listUpstreamLabels(pool, [...totals.keys()]);
  return rows.flatMap(({ id, host, registryId: registry }) => {
    const counts = totals.get(BigInt(id));
    return counts ? [{ id: BigInt(id), host, labels: { upstream: host, registry }, counts }] : [];
  });
}

import type pg from 'pg';
import { countCachedBytes } from '#lib/upstream/jobs/evict-blobs.sql.ts';
import { defineMetrics, type MetricGroup, type MetricSample } from '#lib/platform/metrics/define-metrics.ts';
import type { UpstreamConfig } from '#lib/upstream/upstream-config.ts';
import { CACHE_STATUSES } from '#lib/upstream/schema.ts';
import { COUNT_OF_STATUS, type CacheStats, type Counted } from './cache-stats.ts';
import { listUpstreamHosts } from './upstream-metrics.sql.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

/** Publishers add upstreams. Those beyond the busiest are counted as `other`. */
const MAX_HOSTS = 50;
const upstream = `Host of the upstream; beyond the ${MAX_HOSTS} busiest: other`;
const CACHE_AGE_MS = 60_000;

type Source = { pool: pg.Pool; upstream: UpstreamRuntime };

/** Of this process. */
export const UPSTREAM_METRICS: MetricGroup<Source> = defineMetrics(
  {
    vitrine_upstream_answers_total: {
      kind: 'counter',
      help: 'Requests for mirrored manifests and lists, by cache status',
      labels: { upstream, cache: CACHE_STATUSES },
    },
    vitrine_upstream_failures_total: {
      kind: 'counter',
      help: 'Upstream requests that failed or returned an invalid response',
      labels: { upstream },
    },
    vitrine_upstream_fetched_bytes_total: {
      kind: 'counter',
      help: 'Bytes fetched from upstreams',
      labels: { upstream },
    },
    vitrine_upstream_served_bytes_total: {
      kind: 'counter',
      help: 'Bytes of mirrored blobs served to clients',
      labels: { upstream },
    },
    vitrine_upstream_broken: {
      kind: 'gauge',
      help: '1 while the circuit breaker pauses requests to an upstream',
      labels: { upstream },
      merge: 'max',
    },
    vitrine_upstream_flights: { kind: 'gauge', help: 'Blobs being fetched from upstreams' },
  },
  async ({ pool, upstream: { stats, client, blobFlights } }) => {
    const hosts = await countByHost(pool, stats);
    const sum = (what: Counted): MetricSample[] =>
      hosts.map(({ host, counts }) => ({ labels: { upstream: host }, value: counts[what] }));
    return {
      vitrine_upstream_answers_total: hosts.flatMap(({ host, counts }) =>
        CACHE_STATUSES.map((cache) => ({
          labels: { upstream: host, cache },
          value: counts[COUNT_OF_STATUS[cache]],
        })),
      ),
      vitrine_upstream_failures_total: sum('failures'),
      vitrine_upstream_fetched_bytes_total: sum('fetchedBytes'),
      vitrine_upstream_served_bytes_total: sum('servedBytes'),
      vitrine_upstream_broken: hosts.map(({ host, ids }) => {
        const isBroken = ids.some((id) => {
          const address = { id, host, isPlainHttp: false, tokenHost: null, credentials: null };
          return client.state(address).brokenUntil !== null;
        });
        return { labels: { upstream: host }, value: isBroken ? 1 : 0 };
      }),
      vitrine_upstream_flights: blobFlights.size,
    };
  },
);

export const MIRROR_CACHE_METRICS: MetricGroup<{ pool: pg.Pool; config: Pick<UpstreamConfig, 'mirrors'> }> =
  defineMetrics(
    {
      vitrine_cache_bytes: { kind: 'gauge', help: 'Bytes of blobs that only mirrors use' },
      vitrine_cache_max_bytes: { kind: 'gauge', help: 'Maximum size of the cache of mirrors' },
    },
    async ({ pool, config }) => ({
      vitrine_cache_bytes: await countCachedBytes({ pool }),
      vitrine_cache_max_bytes: config.mirrors.cacheMaxBytes,
    }),
    { maxAgeMs: CACHE_AGE_MS, isOfSite: true },
  );

type HostCounts = { host: string; ids: bigint[]; counts: Record<Counted, number> };

/** Adds up the upstreams of each host, busiest first. Leaves out upstreams that were deleted since. */
async function countByHost(pool: pg.Pool, stats: CacheStats): Promise<HostCounts[]> {
  const totals = stats.totals();
  const byHost = new Map<string, HostCounts>();
  for (const { id, host } of await listUpstreamHosts(pool, [...totals.keys()])) {
    const counts = totals.get(BigInt(id));
    if (counts) addTo(byHost, { host, ids: [BigInt(id)], counts });
  }
  const busiest = [...byHost.values()].sort((a, b) => answersOf(b) - answersOf(a));
  const rest = new Map<string, HostCounts>();
  for (const one of busiest.slice(MAX_HOSTS)) addTo(rest, { ...one, host: 'other' });
  return [...busiest.slice(0, MAX_HOSTS), ...rest.values()];
}

function addTo(byHost: Map<string, HostCounts>, { host, ids, counts }: HostCounts): void {
  const before = byHost.get(host);
  if (!before) return void byHost.set(host, { host, ids, counts: { ...counts } });
  before.ids.push(...ids);
  for (const what of Object.keys(counts) as Counted[]) before.counts[what] += counts[what];
}

function answersOf({ counts }: HostCounts): number {
  return CACHE_STATUSES.reduce((sum, status) => sum + counts[COUNT_OF_STATUS[status]], 0);
}

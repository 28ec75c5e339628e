import { ping } from '#lib/platform/pg/ping.sql.ts';
import type { QueueingPool } from '#lib/platform/pg/pool/queueing-pool.ts';
import { defineMetrics, type MetricGroup } from './define-metrics.ts';

export const POOL_METRICS: MetricGroup<{ pool: QueueingPool }> = defineMetrics(
  {
    vitrine_database_pool_connections: {
      kind: 'gauge',
      help: 'Open connections of the pool',
      labels: { state: ['idle', 'busy'] },
    },
    vitrine_database_pool_max_connections: { kind: 'gauge', help: 'Connections that the pool may open' },
    vitrine_database_pool_waiting_requests: { kind: 'gauge', help: 'Requests waiting for a connection of the pool' },
    vitrine_database_pool_acquisitions_total: { kind: 'counter', help: 'Connections taken from the pool' },
    vitrine_database_pool_wait_seconds_total: { kind: 'counter', help: 'Time spent waiting for connections' },
    vitrine_database_pool_failures_total: { kind: 'counter', help: 'Requests that got no connection' },
  },
  ({ pool }) => ({
    vitrine_database_pool_connections: [
      { labels: { state: 'idle' }, value: pool.idleCount },
      { labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
    ],
    vitrine_database_pool_max_connections: pool.options.max,
    vitrine_database_pool_waiting_requests: pool.waitingCount,
    vitrine_database_pool_acquisitions_total: pool.counts.acquired,
    vitrine_database_pool_wait_seconds_total: pool.counts.waitedMs / 1_000,
    vitrine_database_pool_failures_total: pool.counts.failed,
  }),
);

/** A ping that takes as long as requests may wait counts as down. */
const PING_TIMEOUT_MS = 2_000;

export const DATABASE_METRICS: MetricGroup<{ pool: QueueingPool }> = defineMetrics(
  {
    vitrine_database_up: { kind: 'gauge', help: '1 if the database answers within two seconds' },
    vitrine_database_ping_seconds: { kind: 'gauge', help: 'Time until the database answered' },
  },
  async ({ pool }) => {
    const startedMs = performance.now();
    const isUp = await Promise.race([
      ping(pool).then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), PING_TIMEOUT_MS).unref()),
    ]);
    return {
      vitrine_database_up: isUp ? 1 : 0,
      vitrine_database_ping_seconds: isUp ? (performance.now() - startedMs) / 1_000 : null,
    };
  },
  { isOfSite: true },
);

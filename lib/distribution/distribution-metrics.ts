import { defineMetrics, type MetricGroup } from '#lib/platform/metrics/define-metrics.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { NETWORKS } from '#lib/repositories/usage/schema.ts';
import type { TrafficMeter } from '#lib/repositories/usage/traffic-meter.ts';
import type { PullCounter } from '#lib/repositories/pull-counter.ts';
import type { GarbageCounts } from './garbage/garbage-counts.ts';
import type { LimitCounts } from './http/request-limits.ts';
import { countDamagedBlobs } from './integrity/count-damaged-blobs.ts';

const BY = ['anonymous', 'user'] as const;
const LIMITS = ['pulls', 'tokens'] as const;
const MINUTE_MS = 60_000;

export const REGISTRY_METRICS: MetricGroup<{
  pullCounter: Pick<PullCounter, 'totals'>;
  traffic: Pick<TrafficMeter, 'totals'>;
  counts: { pushes: { manifests: number }; limits: LimitCounts };
}> = defineMetrics(
  {
    vitrine_pulls_total: { kind: 'counter', help: 'Manifests sent, as the gallery counts pulls', labels: { by: BY } },
    vitrine_pushes_total: { kind: 'counter', help: 'Manifests stored by pushes' },
    vitrine_sent_bytes_total: {
      kind: 'counter',
      help: 'Bytes of blobs and manifests sent to clients, or that redirects sent them to',
      labels: { network: NETWORKS },
    },
    vitrine_received_bytes_total: {
      kind: 'counter',
      help: 'Bytes of blobs and manifests received from clients',
      labels: { network: NETWORKS },
    },
    vitrine_limits_hit_total: {
      kind: 'counter',
      help: 'Requests refused by a rate limit',
      labels: { limit: LIMITS },
    },
  },
  ({ pullCounter, traffic, counts }) => ({
    vitrine_pulls_total: BY.map((by) => ({ labels: { by }, value: pullCounter.totals[by] })),
    vitrine_pushes_total: counts.pushes.manifests,
    vitrine_sent_bytes_total: NETWORKS.map((network) => ({
      labels: { network },
      value: traffic.totals[network].sentBytes,
    })),
    vitrine_received_bytes_total: NETWORKS.map((network) => ({
      labels: { network },
      value: traffic.totals[network].receivedBytes,
    })),
    vitrine_limits_hit_total: LIMITS.map((limit) => ({ labels: { limit }, value: counts.limits[limit] })),
  }),
);

export const GARBAGE_METRICS: MetricGroup<{ counts: { garbage: GarbageCounts } }> = defineMetrics(
  {
    vitrine_gc_runs_total: { kind: 'counter', help: 'Garbage collections finished in this process' },
    vitrine_gc_removed_total: {
      kind: 'counter',
      help: 'What garbage collections of this process removed',
      labels: { what: ['blobs', 'links', 'manifests', 'deletions'] },
    },
    vitrine_gc_freed_bytes_total: { kind: 'counter', help: 'Bytes that garbage collections of this process freed' },
  },
  ({
    counts: {
      garbage: { runs, freedBytes, removed },
    },
  }) => ({
    vitrine_gc_runs_total: runs,
    vitrine_gc_removed_total: Object.entries(removed).map(([what, value]) => ({ labels: { what }, value })),
    vitrine_gc_freed_bytes_total: freedBytes,
  }),
);

export const INTEGRITY_METRICS: MetricGroup<{ db: Db }> = defineMetrics(
  {
    vitrine_damaged_blobs: { kind: 'gauge', help: 'Stored blobs known to be missing or corrupt' },
    vitrine_paused_runs: { kind: 'gauge', help: 'Background runs waiting for confirmation by an operator' },
    vitrine_open_uploads: { kind: 'gauge', help: 'Uploads of the site that have begun and not ended' },
  },
  async (app) => {
    const [damaged, paused, uploads] = await Promise.all([
      countDamagedBlobs(app),
      app.db.pausedRun.count(),
      app.db.upload.count(),
    ]);
    return { vitrine_damaged_blobs: damaged, vitrine_paused_runs: paused, vitrine_open_uploads: uploads };
  },
  { maxAgeMs: MINUTE_MS / 4, isOfSite: true },
);

import type pg from 'pg';
import { defineMetrics, type MetricGroup } from '#lib/platform/metrics/define-metrics.ts';
import { DELIVERY_RESULTS, type DeliveryCounts } from './delivery-counts.ts';
import { readBacklog } from './queues.sql.ts';

const BACKLOG_AGE_MS = 10_000;

export const DELIVERY_METRICS: MetricGroup<{ counts: { deliveries: DeliveryCounts } }> = defineMetrics(
  {
    vitrine_webhook_deliveries_total: {
      kind: 'counter',
      help: 'Attempts to deliver an event to a webhook, and deliveries given up',
      labels: { result: DELIVERY_RESULTS },
    },
  },
  ({ counts: { deliveries } }) => ({
    vitrine_webhook_deliveries_total: DELIVERY_RESULTS.map((result) => ({
      labels: { result },
      value: deliveries.totals[result],
    })),
  }),
);

export const WEBHOOK_BACKLOG_METRICS: MetricGroup<{ pool: pg.Pool }> = defineMetrics(
  {
    vitrine_webhook_pending: { kind: 'gauge', help: 'Deliveries that enabled webhooks wait for' },
    vitrine_webhook_lag_seconds: {
      kind: 'gauge',
      help: 'Age of the oldest delivery that an enabled webhook waits for',
    },
  },
  async ({ pool }) => {
    const { pending, lagSeconds } = await readBacklog(pool);
    return { vitrine_webhook_pending: pending, vitrine_webhook_lag_seconds: lagSeconds };
  },
  { maxAgeMs: BACKLOG_AGE_MS, isOfSite: true },
);

import { collectDefaultMetrics, Registry } from 'prom-client';
import { registerUpstreamMetrics } from '#lib/upstream/upstream-metrics.ts';
import type { App } from './app.ts';

/** Everything that /metrics tells: the process, and what the domains count. */
export function createMetrics(app: Pick<App, 'pool' | 'upstream' | 'config'>): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const { pool, upstream, config } = app;
  registerUpstreamMetrics(metrics, { pool, upstream, cacheMaxBytes: config.mirrors.cacheMaxBytes });
  return metrics;
}

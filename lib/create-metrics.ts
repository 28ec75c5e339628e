import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { countDamagedBlobs } from '#lib/distribution/integrity/count-damaged-blobs.ts';
import { registerUpstreamMetrics } from '#lib/upstream/pull-through/upstream-metrics.ts';
import type { App } from './app.ts';

/** Registers the metrics of the process and the domains. */
export function createMetrics(app: Pick<App, 'db' | 'pool' | 'volume' | 'upstream' | 'config'>): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const { pool, upstream, config } = app;
  registerUpstreamMetrics(metrics, { pool, upstream, cacheMaxBytes: config.mirrors.cacheMaxBytes });
  new Gauge({
    name: 'vitrine_damaged_blobs',
    help: 'Stored blobs known to be missing or corrupt',
    registers: [metrics],
    async collect() {
      this.set(await countDamagedBlobs(app));
    },
  });
  new Gauge({
    name: 'vitrine_disk_free_bytes',
    help: 'Free space on the blob disk',
    registers: [metrics],
    collect() {
      this.set(app.volume.readSpace()?.freeBytes ?? NaN);
    },
  });
  new Gauge({
    name: 'vitrine_disk_reserve_bytes',
    help: 'Free space below which pushes are rejected',
    registers: [metrics],
    collect() {
      this.set(app.volume.readSpace()?.reserveBytes ?? NaN);
    },
  });
  new Gauge({
    name: 'vitrine_paused_runs',
    help: 'Background runs waiting for confirmation by an operator',
    registers: [metrics],
    async collect() {
      this.set(await app.db.pausedRun.count());
    },
  });
  new Gauge({
    name: 'vitrine_storage_writable',
    help: '1 if blobs can be written, 0 if the disk is full, read-only or unavailable',
    registers: [metrics],
    async collect() {
      this.set((await app.volume.findWriteProblem()) === null ? 1 : 0);
    },
  });
  return metrics;
}

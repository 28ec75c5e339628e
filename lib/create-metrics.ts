import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { countDamagedBlobs } from '#lib/distribution/integrity/count-damaged-blobs.ts';
import { registerUpstreamMetrics } from '#lib/upstream/pull-through/upstream-metrics.ts';
import type { App } from './app.ts';

/** Everything that /metrics tells: the process, and what the domains count. */
export function createMetrics(app: Pick<App, 'db' | 'pool' | 'volume' | 'upstream' | 'config'>): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const { pool, upstream, config } = app;
  registerUpstreamMetrics(metrics, { pool, upstream, cacheMaxBytes: config.mirrors.cacheMaxBytes });
  new Gauge({
    name: 'vitrine_damaged_blobs',
    help: 'Stored blobs whose bytes are lost or wrong, as far as somebody has looked',
    registers: [metrics],
    async collect() {
      this.set(await countDamagedBlobs(app));
    },
  });
  new Gauge({
    name: 'vitrine_disk_free_bytes',
    help: 'Free space of the disk that the blobs are on',
    registers: [metrics],
    collect() {
      this.set(app.volume.readSpace().freeBytes);
    },
  });
  new Gauge({
    name: 'vitrine_disk_reserve_bytes',
    help: 'Free space below which pushes are refused',
    registers: [metrics],
    collect() {
      this.set(app.volume.readSpace().reserveBytes);
    },
  });
  new Gauge({
    name: 'vitrine_paused_runs',
    help: 'Background runs that stopped and wait for an operator to confirm them',
    registers: [metrics],
    async collect() {
      this.set(await app.db.pausedRun.count());
    },
  });
  new Gauge({
    name: 'vitrine_storage_writable',
    help: '1 while blobs can be written; 0: the disk is full, read-only or away, and pushes fail while pulls may work',
    registers: [metrics],
    async collect() {
      this.set((await app.volume.findWriteProblem()) === null ? 1 : 0);
    },
  });
  return metrics;
}

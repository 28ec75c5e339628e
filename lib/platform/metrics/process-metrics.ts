import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Log } from '#lib/platform/log.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { defineMetrics, type MetricGroup, type MetricRow } from './define-metrics.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

export const PROCESS_METRICS: MetricGroup<{ log: Log }> = defineMetrics(
  {
    vitrine_build_info: {
      kind: 'gauge',
      help: 'Always 1, with the versions of this process',
      labels: { version: 'Version of Vitrine', node: 'Version of Node.js' },
      merge: 'max',
    },
    vitrine_log_lines_total: { kind: 'counter', help: 'Lines logged', labels: { level: LEVELS } },
  },
  ({ log }) => ({
    vitrine_build_info: [{ labels: { version: packageJson.version, node: process.versions.node }, value: 1 }],
    vitrine_log_lines_total: LEVELS.map((level) => ({ labels: { level }, value: log.lineCounts[level] })),
  }),
);

/**
 * Starts to measure CPU, memory, garbage collection and the event loop. Once per process.
 * @param name distinguishes the processes of a machine
 */
export function measureRuntime(name: string | null = null): Registry {
  const registry = new Registry();
  if (name !== null) registry.setDefaultLabels({ process: name });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Lists the metrics of `measureRuntime`, whose help texts are prom-client's. */
export function describeRuntimeMetrics(): Record<string, MetricRow> {
  const metrics = measureRuntime().getMetricsAsArray() as unknown as RuntimeMetric[];
  return Object.fromEntries(
    metrics.map(({ name, type, help, labelNames }) => {
      const labels = Object.fromEntries(labelNames.map((label) => [label, 'Given by Node.js']));
      return [name, { kind: type, help: help.replace(/\.$/, ''), labels }];
    }),
  );
}

type RuntimeMetric = { name: string; type: MetricRow['kind']; help: string; labelNames: string[] };

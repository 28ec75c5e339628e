// The metrics of a machine: any of its servers answers with those of all processes.
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import type { CollectedSamples } from '#lib/platform/metrics/metrics-page.ts';
import { measureRuntime } from '#lib/platform/metrics/process-metrics.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import type { App } from './app.ts';
import { createMetrics } from './create-metrics.ts';

const TOPIC = 'metrics';
/** Rendering delays the answers of page processes. */
const TIMEOUT_MS = 3_000;

type Contribution = { samples: CollectedSamples; runtime: MetricObjectWithValues<MetricValue<string>>[] };

/**
 * Contributes this process's metrics to those of its machine. Counts are summed over the processes. Those of Node.js, such as
 * memory and CPU, keep one sample for each process.
 */
export function shareMetrics(app: App, siblings: Siblings | null): { render: () => Promise<string> } {
  const page = createMetrics(app);
  const runtime = measureRuntime(siblings?.part.name);
  if (!siblings) return { render: async () => (await page.render()) + (await runtime.metrics()) };
  siblings.answer(TOPIC, async (): Promise<Contribution> => {
    return { samples: await page.collect(), runtime: await runtime.getMetricsAsJSON() };
  });
  return {
    render: async () => {
      const answers = await siblings.ask(TOPIC, null, { to: 'all', timeoutMs: TIMEOUT_MS });
      const others = answers.flatMap(({ answer }) => (answer === null ? [] : [answer as Contribution]));
      const text = await page.render(() => Promise.resolve(others.map(({ samples }) => samples)));
      const ofNode = [await runtime.getMetricsAsJSON(), ...others.map((other) => other.runtime)];
      return text + (await AggregatorRegistry.aggregate(ofNode).metrics());
    },
  };
}

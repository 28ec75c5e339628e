// Renders metrics in Prometheus' text format.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { HistogramValue, Labels, MetricGroup, MetricRow, MetricSample, Samples } from './define-metrics.ts';

/** A group that takes longer is left out. Prometheus gives up after ten seconds. */
const READ_TIMEOUT_MS = 3_000;

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const MISSING = 'vitrine_scrape_missing_groups';

/** Metrics of the page itself. */
export const PAGE_METRICS: Record<string, MetricRow> = {
  [MISSING]: {
    kind: 'gauge',
    help: 'Groups of metrics that this scrape lacks, because the database or the store did not answer',
  },
};

export class MetricsPage<Source> {
  readonly #groups: readonly MetricGroup<Source>[];
  readonly #source: Source;
  readonly #timeoutMs: number;
  readonly #flight = new SingleFlight<string>();
  readonly #kept = new Map<MetricGroup<Source>, { text: string; readMs: number }>();

  constructor(groups: readonly MetricGroup<Source>[], source: Source, { timeoutMs = READ_TIMEOUT_MS } = {}) {
    this.#groups = groups;
    this.#source = source;
    this.#timeoutMs = timeoutMs;
  }

  /** Renders every group. Concurrent scrapes share one read. A group that fails is left out and counted. */
  render(): Promise<string> {
    return this.#flight.run('page', () => this.#render());
  }

  async #render(): Promise<string> {
    const texts = await Promise.all(this.#groups.map((group) => this.#renderGroup(group)));
    const missing = texts.filter((text) => text === null).length;
    const own = Object.entries(PAGE_METRICS).map(([name, row]) => renderMetric(name, row, missing));
    return [...texts, ...own].join('');
  }

  async #renderGroup(group: MetricGroup<Source>): Promise<string | null> {
    const kept = this.#kept.get(group);
    if (kept && performance.now() - kept.readMs < group.maxAgeMs) return kept.text;
    const timer = new AbortController();
    try {
      const samples = await Promise.race([group.read(this.#source), timeout(this.#timeoutMs, timer.signal)]);
      const metrics = Object.entries(group.rows);
      const text = metrics.map(([name, row]) => renderMetric(name, row, samples[name] ?? null)).join('');
      if (group.maxAgeMs > 0) this.#kept.set(group, { text, readMs: performance.now() });
      return text;
    } catch {
      return null;
    } finally {
      timer.abort();
    }
  }
}

function timeout(ms: number, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timed out')), ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

function renderMetric(name: string, row: MetricRow, samples: Samples): string {
  const list: MetricSample[] = typeof samples === 'number' ? [{ value: samples }] : (samples ?? []);
  const lines = boundLabels(row, list).flatMap(({ labels = {}, value }) =>
    typeof value === 'number' ? [line(name, labels, value)] : histogramLines(name, labels, value),
  );
  return `# HELP ${name} ${row.help}\n# TYPE ${name} ${row.kind}\n${lines.join('')}`;
}

/** Replaces values outside a label's list by `other`, and adds up samples whose labels are then equal. */
function boundLabels(row: MetricRow, samples: MetricSample[]): MetricSample[] {
  const bound = new Map<string, MetricSample>();
  for (const { labels = {}, value } of samples) {
    const known = Object.fromEntries(
      Object.entries(row.labels ?? {}).map(([label, values]) => {
        const text = String(labels[label] ?? '');
        return [label, typeof values === 'string' || values.includes(text) ? text : 'other'];
      }),
    );
    const key = JSON.stringify(known);
    const before = bound.get(key)?.value;
    const isSum = typeof before === 'number' && typeof value === 'number';
    bound.set(key, { labels: known, value: isSum ? before + value : value });
  }
  return [...bound.values()];
}

function histogramLines(name: string, labels: Labels, { bounds, buckets, sum }: HistogramValue): string[] {
  let count = 0;
  const lines = [...bounds, Infinity].map((upTo, index) => {
    count += buckets[index] ?? 0;
    return line(`${name}_bucket`, { ...labels, le: formatValue(upTo) }, count);
  });
  return [...lines, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(String(text))}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${formatValue(value)}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

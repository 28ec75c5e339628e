// Renders metrics in Prometheus' text format.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import type { HistogramValue, Labels, MetricGroup, MetricRow, MetricSample, Samples } from './define-metrics.ts';

/** What one process contributes to the page of its machine, by metric. */
export type CollectedSamples = Record<string, MetricSample[]>;

/** A group that takes longer is left out. Prometheus gives up after ten seconds. */
const READ_TIMEOUT_MS = 3_000;

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const MISSING = 'vitrine_scrape_missing_groups';
const PROCESSES = 'vitrine_scrape_processes';

/** Metrics of the page itself. */
export const PAGE_METRICS: Record<string, MetricRow> = {
  [MISSING]: {
    kind: 'gauge',
    help: 'Groups of metrics that this scrape lacks, because the database or the store did not answer',
  },
  [PROCESSES]: { kind: 'gauge', help: 'Processes of this machine whose metrics this scrape has' },
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
  render(collectOthers: () => Promise<CollectedSamples[]> = () => Promise.resolve([])): Promise<string> {
    return this.#flight.run('page', () => this.#render(collectOthers));
  }

  /** Returns the samples of this process alone. */
  async collect(): Promise<CollectedSamples> {
    const own = this.#groups.filter(({ isOfSite }) => !isOfSite);
    const read = await Promise.all(own.map(async ({ rows, ...group }) => ({ rows, samples: await this.#read(group) })));
    return Object.fromEntries(
      read.flatMap(({ rows, samples }) =>
        Object.entries(rows).map(([name, row]) => [name, boundLabels(row, toList(samples?.[name] ?? null))]),
      ),
    );
  }

  async #render(collectOthers: () => Promise<CollectedSamples[]>): Promise<string> {
    const others = await collectOthers();
    const texts = await Promise.all(this.#groups.map((group) => this.#renderGroup(group, others)));
    const missing = texts.filter((text) => text === null).length;
    const values: Record<string, number> = { [MISSING]: missing, [PROCESSES]: others.length + 1 };
    const own = Object.entries(PAGE_METRICS).map(([name, row]) =>
      renderMetric(name, row, toList(values[name] ?? null)),
    );
    return [...texts, ...own].join('');
  }

  async #renderGroup(group: MetricGroup<Source>, others: CollectedSamples[]): Promise<string | null> {
    const kept = this.#kept.get(group);
    if (kept && performance.now() - kept.readMs < group.maxAgeMs) return kept.text;
    const samples = await this.#read(group);
    if (!samples) return null;
    const metrics = Object.entries(group.rows);
    const text = metrics
      .map(([name, row]) => {
        const list = [...toList(samples[name] ?? null), ...others.flatMap((other) => other[name] ?? [])];
        return renderMetric(name, row, list);
      })
      .join('');
    if (group.maxAgeMs > 0) this.#kept.set(group, { text, readMs: performance.now() });
    return text;
  }

  /** Null: the group failed or takes too long. */
  async #read({ read }: Pick<MetricGroup<Source>, 'read'>): Promise<Record<string, Samples> | null> {
    const timer = new AbortController();
    try {
      return await Promise.race([read(this.#source), timeout(this.#timeoutMs, timer.signal)]);
    } catch {
      return null;
    } finally {
      timer.abort();
    }
  }
}

function toList(samples: Samples): MetricSample[] {
  return typeof samples === 'number' ? [{ value: samples }] : (samples ?? []);
}

function timeout(ms: number, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timed out')), ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

function renderMetric(name: string, row: MetricRow, samples: MetricSample[]): string {
  const lines = boundLabels(row, samples).flatMap(({ labels = {}, value }) =>
    typeof value === 'number' ? [line(name, labels, value)] : histogramLines(name, labels, value),
  );
  return `# HELP ${name} ${row.help}\n# TYPE ${name} ${row.kind}\n${lines.join('')}`;
}

/** Replaces values outside a label's list by `other`, and merges samples whose labels are then equal. */
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
    bound.set(key, { labels: known, value: before === undefined ? value : mergeValues(row, before, value) });
  }
  return [...bound.values()];
}

function mergeValues({ merge }: MetricRow, a: MetricSample['value'], b: MetricSample['value']): MetricSample['value'] {
  if (typeof a === 'number' && typeof b === 'number') {
    if (merge === undefined) return a + b;
    return merge === 'max' ? Math.max(a, b) : Math.min(a, b);
  }
  if (typeof a === 'number' || typeof b === 'number') return b;
  return { bounds: a.bounds, buckets: a.buckets.map((count, i) => count + (b.buckets[i] ?? 0)), sum: a.sum + b.sum };
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

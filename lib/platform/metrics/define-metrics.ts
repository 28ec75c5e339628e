// Metrics as rows: a name, a kind, a help text and labels. docs/metrics.md is generated from them.
export type MetricKind = 'counter' | 'gauge' | 'histogram';

export type MetricRow = {
  kind: MetricKind;
  /** One sentence without a full stop. */
  help: string;
  /** The values of each label, or their meaning. A value outside the list is shown as `other`. */
  labels?: Record<string, string | readonly string[]>;
  /** How samples of several processes are merged. Default: their sum. */
  merge?: 'max' | 'min';
};

export type Labels = Record<string, string | number>;

/** `buckets` has the count of each bucket by itself, and one more for values above the last bound. */
export type HistogramValue = { bounds: readonly number[]; buckets: readonly number[]; sum: number };

export type MetricSample = { labels?: Labels; value: number | HistogramValue };

/** A bare number is a sample without labels. Null: unknown at the moment. */
export type Samples = number | null | MetricSample[];

export type MetricGroup<Source> = {
  rows: Record<string, MetricRow>;
  read: (source: Source) => Promise<Record<string, Samples>> | Record<string, Samples>;
  /** How old samples may be, for reads that scan tables. */
  maxAgeMs: number;
  /** Says the same in each process of a machine, so one of them reads it. */
  isOfSite: boolean;
};

/** Defines metrics that are read together, for each scrape or once in `maxAgeMs`. */
export function defineMetrics<Source, const Names extends string>(
  rows: Record<Names, MetricRow>,
  read: (source: Source) => Promise<Record<Names, Samples>> | Record<Names, Samples>,
  { maxAgeMs = 0, isOfSite = false }: { maxAgeMs?: number; isOfSite?: boolean } = {},
): MetricGroup<Source> {
  return { rows, read, maxAgeMs, isOfSite };
}

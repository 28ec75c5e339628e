import type { ErrorCode } from '#lib/platform/errors.ts';
import { defineMetrics, type MetricGroup } from './define-metrics.ts';

export const ERROR_EDGES = ['registry', 'aws', 'api', 'pages'] as const;
export type ErrorEdge = (typeof ERROR_EDGES)[number];

/** Counts the errors that each edge answered, by the closed union of codes. */
export class ErrorCounts {
  readonly #counts = new Map<ErrorEdge, Map<ErrorCode, number>>(ERROR_EDGES.map((edge) => [edge, new Map()]));

  add(edge: ErrorEdge, code: ErrorCode): void {
    const counts = this.#counts.get(edge);
    counts?.set(code, (counts.get(code) ?? 0) + 1);
  }

  get samples(): { labels: { edge: ErrorEdge; code: ErrorCode }; value: number }[] {
    return [...this.#counts].flatMap(([edge, counts]) =>
      [...counts].map(([code, value]) => ({ labels: { edge, code }, value })),
    );
  }
}

export const ERROR_METRICS: MetricGroup<{ counts: { errors: ErrorCounts } }> = defineMetrics(
  {
    vitrine_errors_total: {
      kind: 'counter',
      help: 'Errors answered. rate_limited, quota_exceeded and storage_full are limits that were hit',
      labels: { edge: ERROR_EDGES, code: 'Code of the error, as in the REST API' },
    },
  },
  ({ counts }) => ({ vitrine_errors_total: counts.errors.samples }),
);

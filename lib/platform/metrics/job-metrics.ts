import type { JobCounts } from '#lib/platform/jobs/job-counts.ts';
import { readQueueByJob } from '#lib/platform/jobs/read-queue.sql.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { defineMetrics, type MetricGroup, type MetricSample } from './define-metrics.ts';

const kind = 'Kind of job, such as index-repository';

export const JOB_METRICS: MetricGroup<{ counts: { jobs: JobCounts } }> = defineMetrics(
  {
    vitrine_job_runs_total: {
      kind: 'counter',
      help: 'Runs of jobs in this process. A failed one has no attempts left',
      labels: { kind, outcome: ['done', 'retried', 'failed'] },
    },
    vitrine_job_run_seconds_total: { kind: 'counter', help: 'Time that jobs ran in this process', labels: { kind } },
    vitrine_jobs_running: { kind: 'gauge', help: 'Jobs running in this process', labels: { kind } },
  },
  ({ counts: { jobs } }) => {
    const counts = [...jobs.byJob];
    const outcomes = ['done', 'retried', 'failed'] as const;
    return {
      vitrine_job_runs_total: counts.flatMap(([name, count]) =>
        outcomes.map((outcome): MetricSample => ({ labels: { kind: name, outcome }, value: count[outcome] })),
      ),
      vitrine_job_run_seconds_total: counts.map(([name, { seconds }]) => ({ labels: { kind: name }, value: seconds })),
      vitrine_jobs_running: counts.map(([name, { running }]) => ({ labels: { kind: name }, value: running })),
    };
  },
);

export const QUEUE_METRICS: MetricGroup<{ db: Db }> = defineMetrics(
  {
    vitrine_jobs_due: { kind: 'gauge', help: 'Jobs of the site that wait for a worker', labels: { kind } },
    vitrine_jobs_failed: { kind: 'gauge', help: 'Jobs of the site without attempts left', labels: { kind } },
    vitrine_job_lag_seconds: { kind: 'gauge', help: 'How long the oldest due job has waited', labels: { kind } },
  },
  async ({ db }) => {
    const rows = await readQueueByJob({ db });
    const of = (what: 'due' | 'failed' | 'lagSeconds') =>
      rows.map((row): MetricSample => ({ labels: { kind: row.job }, value: row[what] }));
    return {
      vitrine_jobs_due: of('due'),
      vitrine_jobs_failed: of('failed'),
      vitrine_job_lag_seconds: of('lagSeconds'),
    };
  },
  { isOfSite: true },
);

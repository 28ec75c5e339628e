// All background jobs. events/subscribers.ts lists those that follow from changes; the others run at startup or on a schedule.
import { maintainRequests } from '#lib/aliases/jobs/maintain-requests.ts';
import { collectGarbageJob } from '#lib/distribution/jobs/collect-garbage.ts';
import { reapUploads } from '#lib/distribution/jobs/reap-uploads.ts';
import { expireAudit } from '#lib/events/jobs/expire-audit.ts';
import type { ReactionJob } from '#lib/events/subscribers.ts';
import { sendDigests } from '#lib/following/digest/send-digests.ts';
import { enqueueFeed, feedSearch, type FEED_SEARCH } from '#lib/gallery/jobs/feed-search.ts';
import { indexRepository } from '#lib/gallery/jobs/index-repository.ts';
import { refreshHome } from '#lib/gallery/jobs/refresh-home.ts';
import { refreshSearch } from '#lib/gallery/jobs/refresh-search.ts';
import { tendImageSizes } from '#lib/gallery/jobs/tend-image-sizes.ts';
import { refreshDueReadmes } from '#lib/gallery/readme/refresh-due-readmes.ts';
import { refreshReadme } from '#lib/gallery/readme/refresh-readme.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { sendNotificationEmail } from '#lib/identity/jobs/send-notification-email.ts';
import { runLifecyclePolicy } from '#lib/images/lifecycle/run-lifecycle-policy.ts';
import { startDueRuns } from '#lib/images/lifecycle/start-due-runs.ts';
import { startDeliveries } from '#lib/outbound/deliveries/start-deliveries.ts';
import { tendDeliveries } from '#lib/outbound/deliveries/tend-deliveries.ts';
import { recordLineage } from '#lib/images/lineage/record-lineage.ts';
import { enqueueJob, type JobPayload } from '#lib/platform/jobs/enqueue-job.ts';
import { compareReplicas } from '#lib/replication/compare-replicas.ts';
import { planReplication } from '#lib/replication/plan-replication.ts';
import { startReplication } from '#lib/replication/start-replication.ts';
import { runWorker, type JobHandler } from '#lib/platform/jobs/run-worker.ts';
import { renewCertificate } from '#lib/site/certificates/renew-certificate.ts';
import { isReadOnly } from '#lib/site/maintenance.ts';
import { expireTraffic } from '#lib/repositories/usage/expire-traffic.ts';
import { recordStorage } from '#lib/repositories/usage/record-storage.ts';
import { checkNames } from '#lib/publishers/jobs/check-names.ts';
import { describeImage } from '#lib/upstream/jobs/describe-image.ts';
import { evictBlobs } from '#lib/upstream/jobs/evict-blobs.ts';
import { forgetPaces } from '#lib/upstream/jobs/forget-paces.ts';
import type { App } from './app.ts';

/** `check-names` checks names that an earlier version accepted, possibly while running in parallel. */
export const JOBS_AT_START = ['refresh-search', 'check-names', 'refresh-home'] as const;

/** Crontab patterns, in UTC. */
export const SCHEDULE = {
  'reap-uploads': '17 * * * *',
  'feed-search': '* * * * *',
  'record-lineage': '* * * * *',
  'collect-garbage': '*/5 * * * *',
  'sweep-blobs': '47 3 * * *',
  'evict-cached-blobs': '*/15 * * * *',
  'refresh-home': '*/10 * * * *',
  'tend-alias-requests': '29 * * * *',
  'check-names': '37 * * * *',
  'reap-sign-ins': '41 3 * * *',
  'expire-audit': '53 * * * *',
  'record-storage': '11 4 * * *',
  'expire-traffic': '19 4 * * *',
  'start-lifecycle-runs': '31 * * * *',
  'refresh-readmes': '* * * * *',
  'tend-image-sizes': '23 * * * *',
  'send-digests': '*/10 * * * *',
  'tend-deliveries': '11 * * * *',
  'compare-replicas': '51 2 * * *',
  'renew-certificate': '* * * * *',
} as const;

type Job = ReactionJob | (typeof JOBS_AT_START)[number] | keyof typeof SCHEDULE | typeof FEED_SEARCH;

export function jobHandlers(app: App): Record<Job, JobHandler> {
  return {
    // One job for both, because every push would otherwise enqueue two.
    'index-repository': async (payload) => {
      await planReplication(app, payload);
      await indexRepository(app, payload);
    },
    'refresh-readme': (payload) => refreshReadme(app, payload),
    'refresh-readmes': () => refreshDueReadmes(app),
    'tend-image-sizes': () => tendImageSizes(app),
    'describe-mirrored-image': (payload) => describeImage(app, payload),
    'evict-cached-blobs': async () => {
      await evictBlobs(app);
      await forgetPaces(app);
    },
    'run-lifecycle-policy': (payload) => runLifecyclePolicy(app, payload),
    'start-lifecycle-runs': () => startDueRuns(app),
    'send-notification-email': (payload) => sendNotificationEmail(app, payload),
    'check-names': () => checkNames(app),
    'refresh-home': () => refreshHome(app),
    'refresh-search': (payload) => refreshSearch(app, payload),
    'feed-search': () => feedSearch(app),
    'record-lineage': () => recordLineage(app),
    'reap-uploads': async () => void (await reapUploads(app)),
    'collect-garbage': () => collectGarbageJob(app, { isThorough: false }),
    'sweep-blobs': () => collectGarbageJob(app, { isThorough: true }),
    'tend-alias-requests': () => maintainRequests(app),
    'reap-sign-ins': () => reapSignIns(app),
    'expire-audit': () => expireAudit(app),
    'record-storage': () => recordStorage(app),
    'expire-traffic': () => expireTraffic(app),
    'send-digests': () => sendDigests(app),
    'tend-deliveries': () => tendDeliveries(app),
    'compare-replicas': () => compareReplicas(app),
    'renew-certificate': async () => {
      const { certificate } = app.config;
      if (certificate?.kind === 'acme') await renewCertificate(app, certificate);
    },
  };
}

/** Jobs that change content. During maintenance, scheduled ones are skipped, and the others come back a minute later. */
const PAUSED_JOBS: ReadonlySet<string> = new Set<Job>([
  ...([
    'collect-garbage',
    'sweep-blobs',
    'reap-uploads',
    'evict-cached-blobs',
    'expire-audit',
    'expire-traffic',
    'tend-deliveries',
  ] as const),
  ...(['tend-alias-requests', 'check-names', 'refresh-readmes', 'refresh-readme', 'describe-mirrored-image'] as const),
  ...(['start-lifecycle-runs', 'run-lifecycle-policy'] as const),
]);
const PAUSE_SECONDS = 60;

/** Lets jobs that change content wait while the site is read-only. */
export function pauseInMaintenance(
  app: Pick<App, 'db' | 'siteSettings'>,
  handlers: Record<string, JobHandler>,
): Record<string, JobHandler> {
  const paused = Object.entries(handlers).filter(([job]) => PAUSED_JOBS.has(job));
  const waiting = paused.map(([job, handle]): [string, JobHandler] => [
    job,
    async (payload) => {
      if (!(await isReadOnly(app))) return handle(payload);
      if (!(job in SCHEDULE)) await enqueueJob(app.db, job, payload as JobPayload, { delaySeconds: PAUSE_SECONDS });
    },
  ]);
  return { ...handlers, ...Object.fromEntries(waiting) };
}

/** Gives each run of a job a trace of its own. */
function traceJobs(
  { tracing }: Pick<App, 'tracing'>,
  handlers: Record<string, JobHandler>,
): Record<string, JobHandler> {
  if (!tracing) return handlers;
  const traced = Object.entries(handlers).map(([job, handle]): [string, JobHandler] => {
    const options = { kind: 'consumer', attributes: { 'vitrine.job': job } } as const;
    return [job, (payload) => tracing.run(`job ${job}`, options, () => handle(payload))];
  });
  return Object.fromEntries(traced);
}

/** Starts the worker. The returned function stops it and waits for running jobs. */
export async function startWorker(app: App): Promise<() => Promise<void>> {
  for (const job of JOBS_AT_START) await enqueueJob(app.db, job, {}, { key: job });
  await enqueueFeed(app);
  const isAcme = app.config.certificate?.kind === 'acme';
  if (isAcme) await enqueueJob(app.db, 'renew-certificate', {}, { key: 'renew-certificate' });
  const isUsed: Partial<Record<string, boolean>> = {
    'feed-search': app.meilisearch !== null,
    'renew-certificate': isAcme,
  };
  const stopJobs = await runWorker({
    direct: app.direct,
    log: app.log,
    counts: app.counts.jobs,
    handlers: traceJobs(app, pauseInMaintenance(app, jobHandlers(app))),
    schedule: Object.entries(SCHEDULE)
      .filter(([job]) => isUsed[job] ?? true)
      .map(([job, pattern]) => ({ job, pattern })),
  });
  const stopDeliveries = startDeliveries(app);
  const replicator = startReplication(app);
  return async () => {
    await Promise.all([stopJobs(), stopDeliveries(), replicator.stop()]);
  };
}

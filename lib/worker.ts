// Which background work there is, and when it runs by itself.
import { tendRequests } from '#lib/aliases/jobs/tend-requests.ts';
import { checkNames } from '#lib/publishers/jobs/check-names.ts';
import { expireAudit } from '#lib/events/jobs/expire-audit.ts';
import { enqueueFeed, FEED_SEARCH, feedSearch } from '#lib/gallery/jobs/feed-search.ts';
import { indexRepository } from '#lib/gallery/jobs/index-repository.ts';
import { refreshSearch } from '#lib/gallery/jobs/refresh-search.ts';
import { INDEX_REPOSITORY } from '#lib/events/touch-repository.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { sendNotificationEmail } from '#lib/identity/jobs/send-notification-email.ts';
import { SEND_NOTIFICATION_EMAIL } from '#lib/identity/notifications/notify-user.ts';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import { runWorker } from '#lib/platform/jobs/run-worker.ts';
import { collectGarbageJob } from '#lib/distribution/jobs/collect-garbage.ts';
import { reapUploads } from '#lib/distribution/jobs/reap-uploads.ts';
import { EVICT_BLOBS } from '#lib/upstream/mirrors/enqueue-eviction.ts';
import { describeImage } from '#lib/upstream/jobs/describe-image.ts';
import { evictBlobs } from '#lib/upstream/jobs/evict-blobs.ts';
import { DESCRIBE_IMAGE } from '#lib/upstream/pull-through/store-manifest.ts';
import type { App } from './app.ts';

const REFRESH_SEARCH = 'refresh-search';
const CHECK_NAMES = 'check-names';

/** Starts working; the returned function stops and waits for the jobs that run. */
export async function startWorker(app: App): Promise<() => Promise<void>> {
  await enqueueJob(app.db, REFRESH_SEARCH, {}, { key: REFRESH_SEARCH });
  // Those that an earlier version let through, or sets while it still runs beside this one.
  await enqueueJob(app.db, CHECK_NAMES, {}, { key: CHECK_NAMES });
  await enqueueFeed(app);
  return runWorker({
    direct: app.direct,
    log: app.log,
    handlers: {
      [INDEX_REPOSITORY]: (payload) => indexRepository(app, payload),
      [CHECK_NAMES]: () => checkNames(app),
      [REFRESH_SEARCH]: () => refreshSearch(app),
      [FEED_SEARCH]: () => feedSearch(app),
      [SEND_NOTIFICATION_EMAIL]: (payload) => sendNotificationEmail(app, payload),
      [EVICT_BLOBS]: () => evictBlobs(app),
      [DESCRIBE_IMAGE]: (payload) => describeImage(app, payload),
      'reap-uploads': async () => void (await reapUploads(app)),
      'collect-garbage': () => collectGarbageJob(app, { isThorough: false }),
      'sweep-blobs': () => collectGarbageJob(app, { isThorough: true }),
      'tend-alias-requests': () => tendRequests(app),
      'reap-sign-ins': () => reapSignIns(app),
      'expire-audit': () => expireAudit(app),
    },
    schedule: [
      { job: 'reap-uploads', pattern: '17 * * * *' },
      ...(app.meilisearch ? [{ job: FEED_SEARCH, pattern: '* * * * *' }] : []),
      { job: 'collect-garbage', pattern: '*/5 * * * *' },
      { job: 'sweep-blobs', pattern: '47 3 * * *' },
      { job: EVICT_BLOBS, pattern: '*/15 * * * *' },
      { job: 'tend-alias-requests', pattern: '29 * * * *' },
      { job: CHECK_NAMES, pattern: '37 * * * *' },
      { job: 'reap-sign-ins', pattern: '41 3 * * *' },
      { job: 'expire-audit', pattern: '53 * * * *' },
    ],
  });
}

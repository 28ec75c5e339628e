import { collectGarbage, type CollectionOptions } from '../garbage/collect-garbage.ts';

type App = Parameters<typeof collectGarbage>[0];

/** Tells of it only when something was removed. */
export async function collectGarbageJob(app: App, options: CollectionOptions): Promise<void> {
  const { expiredDeletions, untaggedManifests, links, blobs } = await collectGarbage(app, options);
  const removed = { expiredDeletions, untaggedManifests, links: links.removed, blobs: blobs.removed };
  if (Object.values(removed).every((count) => count === 0)) return;
  app.log.info({ ...removed, freedBytes: blobs.freedBytes }, 'collected garbage');
}

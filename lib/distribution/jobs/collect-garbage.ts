import { recordPause } from '#lib/distribution/garbage/brake.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import type { GarbageCounts } from '#lib/distribution/garbage/garbage-counts.ts';

type App = Parameters<typeof collectGarbage>[0] & { counts: { garbage: GarbageCounts } };

/** Logs only runs that removed something or were paused. */
export async function collectGarbageJob(app: App, { isThorough }: { isThorough: boolean }): Promise<void> {
  const collection = await collectGarbage(app, { isThorough });
  const { expiredDeletions, untaggedManifests, links, blobs, pause } = collection;
  app.counts.garbage.add(collection);
  await recordPause(app, isThorough ? 'sweep' : 'gc', pause);
  const removed = { expiredDeletions, untaggedManifests, links: links.removed, blobs: blobs.removed };
  if (Object.values(removed).every((count) => count === 0)) return;
  app.log.info({ ...removed, freedBytes: blobs.freedBytes }, 'collected garbage');
}

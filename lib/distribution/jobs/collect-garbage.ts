import { recordPause } from '#lib/distribution/garbage/brake.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';

type App = Parameters<typeof collectGarbage>[0];

/** Logs only runs that removed something or were paused. */
export async function collectGarbageJob(app: App, { isThorough }: { isThorough: boolean }): Promise<void> {
  const { expiredDeletions, untaggedManifests, links, blobs, pause } = await collectGarbage(app, { isThorough });
  await recordPause(app, isThorough ? 'sweep' : 'gc', pause);
  const removed = { expiredDeletions, untaggedManifests, links: links.removed, blobs: blobs.removed };
  if (Object.values(removed).every((count) => count === 0)) return;
  app.log.info({ ...removed, freedBytes: blobs.freedBytes }, 'collected garbage');
}

import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { SearchConfig } from '#lib/search/search-config.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import type { Log } from '#lib/platform/log.ts';
import { describeRepository } from '#lib/gallery/describe-repository.ts';
import { isSearchCurrent, rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import type { AnnotationsApp } from '#lib/gallery/repository/read-image-annotations.ts';

const BATCH = 200;
/** Concurrent reads of images, limited to leave connections to requests. */
const CONCURRENT = 4;

type App = AnnotationsApp & { config: PublisherConfig & SearchConfig; log: Log };

/** Runs on startup, so that changed settings and upgrades reach search without a command. */
export async function refreshSearch(app: App): Promise<void> {
  if (await isSearchCurrent(app)) return;
  // An interrupted run starts again, and skips what it has described.
  await describeUndescribed(app);
  const repositories = await rebuildSearch(app, () => undefined);
  // A new site has none, and its operator reads progress, not logs.
  if (repositories > 0) app.log.info({ repositories }, 'search documents rebuilt after a change of rules');
}

/** Fills in what search filters by (licences, base system and size) for repositories last pushed to by an older version. */
async function describeUndescribed(app: App): Promise<void> {
  for (let last = 0n; ;) {
    const batch = await app.db.repository.findMany({
      where: { id: { gt: last }, imageBytes: null, tags: { some: {} } },
      orderBy: { id: 'asc' },
      take: BATCH,
      select: { id: true },
    });
    const lastOfBatch = batch.at(-1);
    if (!lastOfBatch) return;
    for (const few of batches(batch, CONCURRENT)) await Promise.all(few.map(({ id }) => describeOne(app, id)));
    last = lastOfBatch.id;
  }
}

/** A damaged image must not keep the others from search. */
async function describeOne(app: App, repositoryId: bigint): Promise<void> {
  try {
    await describeRepository(app, repositoryId);
  } catch (error) {
    app.log.warn({ err: error, repository: repositoryId }, 'describing a repository by its image failed');
  }
}

// Rebuilds the search documents after an upgrade or a change of settings. It works in steps, so that live changes come
// first, and a restart continues with the next step.
import { z } from 'zod';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { SearchConfig } from '#lib/search/search-config.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import { countDueJobs } from '#lib/platform/jobs/read-queue.sql.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { documentRules } from '#lib/gallery/build-search-document.ts';
import { describeRepository } from '#lib/gallery/describe-repository.ts';
import {
  isSearchCurrent,
  listRepositoriesAfter,
  markSearchCurrent,
  reindexRepositories,
  SEARCH_STATE,
} from '#lib/gallery/rebuild-search.ts';
import type { AnnotationsApp } from '#lib/gallery/repository/read-image-annotations.ts';
import { enqueueFeed } from './feed-search.ts';

const REFRESH_SEARCH = 'refresh-search';

/** Repositories per step. */
const BATCH = 200;
const PAUSE_SECONDS = 1;
/** A step waits while this many jobs are due. Describing repositories adds some. */
const MANY_DUE = 20;
/** Delay that lets a process of the version that began the rebuild take the step. */
const OTHER_VERSION_SECONDS = 5;
/** Concurrent reads of images, limited to leave connections to requests. */
const CONCURRENT = 4;

/** `rules` is missing at the start of a process. */
const payloadSchema = z.object({ rules: z.string().optional() });

type App = AnnotationsApp & { config: PublisherConfig & SearchConfig; log: Log };

/** Takes the next step, and enqueues the one after it. The rules of the process that started last apply. */
export async function refreshSearch(app: App, payload: unknown = {}, batch = BATCH): Promise<void> {
  const { db } = app;
  const rules = documentRules(app.config);
  const asked = payloadSchema.parse(payload).rules;
  if (asked === undefined) await begin(app);
  const state = await db.searchState.findUnique({ where: SEARCH_STATE });
  const wanted = asked ?? rules;
  if (state?.buildingRules !== wanted) return;
  if (wanted !== rules) return enqueueStep(db, wanted, OTHER_VERSION_SECONDS);
  if ((await countDueJobs(app, MANY_DUE)) === MANY_DUE) return enqueueStep(db, rules, PAUSE_SECONDS);
  const builtThrough = state.builtThrough ?? 0n;
  const ids = await listRepositoriesAfter(app, { last: builtThrough, limit: batch });
  await describeUndescribed(app, ids);
  await reindexRepositories(app, ids);
  await enqueueFeed(app);
  const last = ids.at(-1);
  if (last === undefined || ids.length < batch) {
    await markSearchCurrent(app);
    // A new site has none, and its operator reads progress, not logs.
    if (last !== undefined) app.log.info('search documents rebuilt after a change of rules');
    return;
  }
  await db.$transaction(async (tx) => {
    const step = { ...SEARCH_STATE, buildingRules: rules, builtThrough };
    const { count } = await tx.searchState.updateMany({ where: step, data: { builtThrough: last } });
    // Another process took the same step, and continues.
    if (count > 0) await enqueueStep(tx, rules, PAUSE_SECONDS);
  });
}

/** Starts at the first repository, unless the same rules were begun before. */
async function begin(app: App): Promise<void> {
  if (await isSearchCurrent(app)) return;
  const begun = { buildingRules: documentRules(app.config), builtThrough: 0n };
  await app.db.searchState.createMany({ data: { ...SEARCH_STATE, rules: '', ...begun }, skipDuplicates: true });
  const isOther = { OR: [{ buildingRules: null }, { buildingRules: { not: begun.buildingRules } }] };
  await app.db.searchState.updateMany({ where: { ...SEARCH_STATE, ...isOther }, data: begun });
}

async function enqueueStep(tx: DbOrTx, rules: string, delaySeconds: number): Promise<void> {
  await enqueueJob(tx, REFRESH_SEARCH, { rules }, { key: REFRESH_SEARCH, delaySeconds });
}

/** Fills in what search filters by (licences, base system and size) for repositories last pushed to by an older version. */
async function describeUndescribed(app: App, repositoryIds: bigint[]): Promise<void> {
  const found = await app.db.repository.findMany({
    where: { id: { in: repositoryIds }, imageBytes: null, tags: { some: {} } },
    select: { id: true },
  });
  for (const few of batches(found, CONCURRENT)) await Promise.all(few.map(({ id }) => describeOne(app, id)));
}

/** A damaged image must not keep the others from search. */
async function describeOne(app: App, repositoryId: bigint): Promise<void> {
  try {
    await describeRepository(app, repositoryId);
  } catch (error) {
    app.log.warn({ err: error, repository: repositoryId }, 'describing a repository by its image failed');
  }
}

import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { SearchConfig } from '#lib/search/search-config.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { removeSearchDocuments, saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import type { SearchDocument } from '#lib/search/schema.ts';
import { buildSearchDocument, documentRules } from './build-search-document.ts';
import { lockForIndexing } from './lock-for-indexing.sql.ts';

const BATCH = 200;
/** A change of one of these repositories waits for the others. */
const LOCKED_TOGETHER = 20;
/** Allows for very large repositories on a busy database. */
const TRANSACTION = { timeout: 60_000 };

/** SearchState has a single row. */
export const SEARCH_STATE = { id: 1 };

type RebuildApp = { db: Db; config: PublisherConfig & SearchConfig };

/** Whether all documents were built with the current version and settings. */
export async function isSearchCurrent({ db, config }: Pick<RebuildApp, 'db' | 'config'>): Promise<boolean> {
  return (await db.searchState.findUnique({ where: SEARCH_STATE }))?.rules === documentRules(config);
}

/** Rebuilds every search document from the catalog. `onProgress` receives the number done and the total. */
export async function rebuildSearch(
  app: RebuildApp,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const total = await app.db.repository.count();
  let done = 0;
  for (let last = 0n; ;) {
    const ids = await listRepositoriesAfter(app, { last, limit: BATCH });
    const lastOfBatch = ids.at(-1);
    if (lastOfBatch === undefined) break;
    await reindexRepositories(app, ids);
    done += ids.length;
    last = lastOfBatch;
    onProgress(done, total);
  }
  await markSearchCurrent(app);
  return done;
}

/** Lists repositories in the order of their ids. */
export async function listRepositoriesAfter(
  { db }: Pick<RebuildApp, 'db'>,
  { last, limit }: { last: bigint; limit: number },
): Promise<bigint[]> {
  const rows = await db.repository.findMany({
    where: { id: { gt: last } },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Builds the documents of repositories, in ascending order of their ids. Changes meanwhile are indexed afterwards. */
export async function reindexRepositories({ db, config }: RebuildApp, repositoryIds: bigint[]): Promise<void> {
  for (const ids of batches(repositoryIds, LOCKED_TOGETHER)) {
    await db.$transaction(async (tx) => {
      await lockForIndexing(tx, ids);
      const documents: SearchDocument[] = [];
      for (const id of ids) {
        const document = await buildSearchDocument({ db: tx, config }, id);
        if (document) documents.push(document);
      }
      const shown = new Set(documents.map(({ repositoryId }) => repositoryId));
      await saveSearchDocuments({ db: tx }, documents);
      await removeSearchDocuments(
        { db: tx },
        ids.filter((id) => !shown.has(id)),
      );
    }, TRANSACTION);
  }
}

/** Records that all documents were built with the current version and settings. */
export async function markSearchCurrent({ db, config }: RebuildApp): Promise<void> {
  const state = { rules: documentRules(config), buildingRules: null, builtThrough: null };
  await db.searchState.upsert({ where: SEARCH_STATE, create: { ...SEARCH_STATE, ...state }, update: state });
}

import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { SearchConfig } from '#lib/search/search-config.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { removeSearchDocuments, saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import type { SearchDocument } from '#lib/search/schema.ts';
import { buildSearchDocument, documentRules } from './build-search-document.ts';

const BATCH = 200;
/** Concurrent reads, limited to leave connections to requests. */
const CONCURRENT = 4;

/** SearchState has a single row. */
const STATE = { id: 1 };

type RebuildApp = { db: Db; config: PublisherConfig & SearchConfig };

/** Whether all documents were built with the current version and settings. */
export async function isSearchCurrent({ db, config }: Pick<RebuildApp, 'db' | 'config'>): Promise<boolean> {
  return (await db.searchState.findUnique({ where: STATE }))?.rules === documentRules(config);
}

/** Rebuilds every search document from the catalog. `onProgress` receives the number done and the total. */
export async function rebuildSearch(
  app: RebuildApp,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const total = await app.db.repository.count();
  let done = 0;
  let last = 0n;
  for (;;) {
    const batch = await app.db.repository.findMany({
      where: { id: { gt: last } },
      orderBy: { id: 'asc' },
      take: BATCH,
      select: { id: true },
    });
    const lastOfBatch = batch.at(-1);
    if (!lastOfBatch) break;
    const made: (SearchDocument | null)[] = [];
    for (const few of batches(batch, CONCURRENT)) {
      made.push(...(await Promise.all(few.map(({ id }) => buildSearchDocument(app, id)))));
    }
    await saveSearchDocuments(
      app,
      made.filter((document) => document !== null),
    );
    await removeSearchDocuments(
      app,
      batch.filter((_, at) => made[at] === null).map(({ id }) => id),
    );
    done += batch.length;
    last = lastOfBatch.id;
    onProgress(done, total);
  }
  const rules = documentRules(app.config);
  await app.db.searchState.upsert({ where: STATE, create: { ...STATE, rules }, update: { rules } });
  return done;
}

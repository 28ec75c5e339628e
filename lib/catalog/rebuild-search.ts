import type { Db } from '#lib/platform/db.ts';
import type { SearchIndex } from '#lib/search/search-index.ts';
import { buildSearchDocument } from './build-search-document.ts';

const BATCH = 200;

/** Makes every search document anew from the catalog; `onProgress` hears how many of how many repositories are done. */
export async function rebuildSearch(
  app: { db: Db; search: SearchIndex },
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
    if (!lastOfBatch) return done;
    for (const { id } of batch) {
      const document = await buildSearchDocument(app.db, id);
      if (document) await app.search.upsert([document]);
      else await app.search.remove([id]);
    }
    done += batch.length;
    last = lastOfBatch.id;
    onProgress(done, total);
  }
}

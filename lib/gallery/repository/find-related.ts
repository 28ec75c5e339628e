import type { LRUCache } from 'lru-cache';
import type { Db } from '#lib/platform/pg/db.ts';
import { listOfPublisher, listPopularIds, loadRelated, type RelatedRepository } from './related-repositories.sql.ts';

const SHOWN = 4;
/** More than are shown, because some may be the publisher's own or gone. */
const IDS_KEPT = 16;

export type RelatedApp = { db: Db; popularIds: LRUCache<string, bigint[]> };

export type Related = {
  samePublisher: RelatedRepository[];
  /** Of the first category. Null if the repository has none. */
  sameCategory: { category: string; repositories: RelatedRepository[] } | null;
};

type Subject = { id: bigint; registryKey: bigint; categories: string[] };

/** Finds public repositories to look at next. Which are popular in a category is cached. */
export async function findRelated(app: RelatedApp, { id, registryKey, categories }: Subject): Promise<Related> {
  const [category] = categories;
  const [samePublisher, popular] = await Promise.all([
    listOfPublisher(app.db, { registryKey, except: id, limit: SHOWN }),
    category === undefined ? [] : listPopular(app, category),
  ]);
  const known = new Set([id, ...samePublisher.map((repository) => repository.id)]);
  const others = popular.filter((repository) => !known.has(repository.id)).slice(0, SHOWN);
  return { samePublisher, sameCategory: category === undefined ? null : { category, repositories: others } };
}

async function listPopular(app: RelatedApp, category: string): Promise<RelatedRepository[]> {
  const ids = app.popularIds.get(category) ?? (await listPopularIds(app.db, { category, limit: IDS_KEPT }));
  app.popularIds.set(category, ids, { noUpdateTTL: true });
  return ids.length === 0 ? [] : loadRelated(app.db, ids);
}

// What the home page shows. It is cached by the version of the search documents, so that a hidden repository disappears
// at once.
import type { RecentResults } from '#lib/platform/concurrency/recent-results.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { listNewPublishers, type PublisherRow } from '#lib/gallery/gallery-queries.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import { readSearchVersion } from '#lib/search/cache-search.sql.ts';
import { toHit } from '#lib/search/postgres/hit-row.ts';
import type { SearchHit } from '#lib/search/schema.ts';
import {
  countListed,
  findHitRows,
  findVerifiedPublishers,
  listCandidates,
  type HomeOrder,
  type HomeRow,
} from './home-lists.sql.ts';
import { NO_HOME_LISTS, readHomeLists, type HomeLists } from './home-lists.ts';

const ROWS = 6;
const MAX_PICKS_SHOWN = 6;
const MAX_PUBLISHERS = 12;
const NEW_PUBLISHERS = 4;
/** A total of one more means "more than". */
export const MAX_HOME_COUNT = 10_000;
/** Lists change with the time, too. */
const MAX_AGE_MS = 60_000;
/** One publisher's pushes fill few of these pages, unless all of them are its own. */
const CANDIDATES = 100;
const MAX_ROUNDS = 6;

export type TrendingHit = SearchHit & { pullsThisWeek: number };
export type NewestHit = SearchHit & { createdAt: Date };
export type VerifiedPublisher = Omit<PublisherRow, 'createdAt'>;

export type HomePage = {
  total: number;
  picks: SearchHit[];
  trending: TrendingHit[];
  /** These two have one repository of each publisher. */
  newest: NewestHit[];
  updated: SearchHit[];
  publishers: VerifiedPublisher[];
  /** Where none is verified. */
  newPublishers: PublisherRow[];
  categories: HomeLists['categories'];
};

type HomeApp = { db: Db; config: Pick<PublisherConfig, 'publisherBranding'>; home: RecentResults<HomePage> };

export async function readHome(app: HomeApp): Promise<HomePage> {
  const [version, rows] = await Promise.all([
    readSearchVersion(app.db),
    app.db.homePick.findMany({ orderBy: { position: 'asc' }, select: { repositoryId: true } }),
  ]);
  const pickIds = rows.map(({ repositoryId }) => repositoryId);
  const key = [version, Math.floor(Date.now() / MAX_AGE_MS), ...pickIds].join(' ');
  return app.home.get(key, () => composeHome(app, pickIds));
}

async function composeHome(app: HomeApp, pickIds: bigint[]): Promise<HomePage> {
  const { db } = app;
  const total = await countListed(db, MAX_HOME_COUNT + 1);
  const lists = total === 0 ? NO_HOME_LISTS : await readHomeLists(db);
  const [picks, trending, newest, updated, publishers] = await Promise.all([
    findHitRows(db, pickIds),
    findTrending(db, lists),
    listOnePerPublisher(db, 'newest'),
    listOnePerPublisher(db, 'updated'),
    findPublishers(db, lists),
  ]);
  return {
    total,
    picks: picks.slice(0, MAX_PICKS_SHOWN).map(toHit),
    trending,
    newest: await withCreation(db, newest),
    updated: updated.map(toHit),
    publishers,
    newPublishers: publishers.length > 0 ? [] : await listNewPublishers(app, { limit: NEW_PUBLISHERS }),
    categories: lists.categories,
  };
}

/** Leaves publishers found out of the next round, so that one publisher's many pushes hide nobody. */
async function listOnePerPublisher(db: DbOrTx, order: HomeOrder): Promise<HomeRow[]> {
  const found = new Map<bigint, HomeRow>();
  for (let round = 0; round < MAX_ROUNDS && found.size < ROWS; round += 1) {
    const rows = await listCandidates(db, { order, without: [...found.keys()], limit: CANDIDATES });
    for (const row of rows) {
      if (!found.has(row.registry_id) && found.size < ROWS) found.set(row.registry_id, row);
    }
    if (rows.length < CANDIDATES) break;
  }
  return [...found.values()];
}

async function withCreation(db: DbOrTx, rows: HomeRow[]): Promise<NewestHit[]> {
  const ids = rows.map(({ repository_id: id }) => id);
  const found = await db.repository.findMany({ where: { id: { in: ids } }, select: { id: true, createdAt: true } });
  const dates = new Map(found.map(({ id, createdAt }) => [id, createdAt]));
  return rows.map((row) => ({ ...toHit(row), createdAt: dates.get(row.repository_id) ?? row.pushed_at }));
}

/** At most two of one publisher. */
async function findTrending(db: DbOrTx, { trends }: HomeLists): Promise<TrendingHit[]> {
  const pulls = new Map(trends.map((trend) => [BigInt(trend.repositoryId), trend.pulls]));
  const rows = await findHitRows(db, [...pulls.keys()]);
  const perPublisher = new Map<bigint, number>();
  const kept = rows.filter(({ registry_id: key }) => {
    const count = (perPublisher.get(key) ?? 0) + 1;
    perPublisher.set(key, count);
    return count <= 2;
  });
  return kept.slice(0, ROWS).map((row) => ({ ...toHit(row), pullsThisWeek: pulls.get(row.repository_id) ?? 0 }));
}

async function findPublishers(db: DbOrTx, { publishers }: HomeLists): Promise<VerifiedPublisher[]> {
  const counts = new Map(publishers.map(({ registryKey, repositories }) => [BigInt(registryKey), repositories]));
  const rows = await findVerifiedPublishers(db, [...counts.keys()]);
  return rows
    .slice(0, MAX_PUBLISHERS)
    .map(({ registryKey, ...row }) => ({ ...row, repositoryCount: counts.get(registryKey) ?? 1 }));
}

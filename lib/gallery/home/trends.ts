// Repositories that are pulled more than before, by many clients. A client in a loop counts little.
import { networkOf } from '#lib/platform/http/client-network.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { listRisen, sumPullsOfClients, type ClientDayRow } from './trends.sql.ts';

export type Trend = { repositoryId: bigint; pulls: number };

/** More than are kept, because the log may show that few clients pulled some of them. */
const MAX_CANDIDATES = 200;
/** Rows of the log that are read of each. */
const SAMPLE = 500;
/** Of one client on one day. */
const MAX_PULLS_COUNTED = 10;
const MIN_CLIENTS = 3;

/** Finds what rose the most this week. Where pulls aren't logged, all of them count. */
export async function findTrends(db: DbOrTx, limit: number): Promise<Trend[]> {
  const risen = await listRisen(db, MAX_CANDIDATES);
  const repositoryIds = risen.map(({ repositoryId }) => repositoryId);
  const rows = await sumPullsOfClients(db, { repositoryIds, sample: SAMPLE });
  const logged = Map.groupBy(rows, ({ repositoryId }) => repositoryId);
  const weighed = risen.map((row) => {
    const share = shareThatCounts(row.week, logged.get(row.repositoryId) ?? []);
    return { ...row, rise: risenBy(row, share) };
  });
  // Array sorting is stable.
  const ranked = weighed.filter(({ rise }) => rise > 0).sort((a, b) => b.rise - a.rise);
  return ranked.slice(0, limit).map(({ repositoryId, week }) => ({ repositoryId, pulls: week }));
}

/**
 * Dividing by the square root keeps both rare pulls and the noise of popular repositories from ranking high. `share` is
 * the part of the pulls that counts.
 */
function risenBy({ week, before }: { week: number; before: number }, share: number): number {
  return (share * (week - before)) / Math.sqrt(share * before + 10);
}

/**
 * Returns the part of a week's pulls that counts. Those of few clients don't, and those that aren't logged do, because
 * operators can switch the log off.
 */
export function shareThatCounts(week: number, rows: Omit<ClientDayRow, 'repositoryId'>[]): number {
  const logged = sum(rows.map(({ pulls }) => pulls));
  if (logged === 0) return 1;
  const clients = new Set(rows.map(({ actorId, address }) => actorId ?? (address === null ? '' : networkOf(address))));
  const counted = clients.size < MIN_CLIENTS ? 0 : sum(rows.map(({ pulls }) => Math.min(pulls, MAX_PULLS_COUNTED)));
  if (sum(rows.map((row) => row.rows)) >= SAMPLE) return counted / logged;
  return (counted + Math.max(0, week - logged)) / Math.max(week, logged);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import type { Db } from '#lib/platform/pg/db.ts';
import { toHit } from '#lib/search/postgres/hit-row.ts';
import { KINDS, type Kind, type SearchHit } from '#lib/search/schema.ts';
import { firstDay, toPullDays, type PullDay } from '../insight-queries.ts';
import { countByKind, findPinnedRows } from './publisher-activity.sql.ts';

/** Thirteen whole weeks. */
export const PUBLISHER_PULL_DAYS = 91;
const WEEK_DAYS = 7;

export type PublisherActivity = {
  /** In the publisher's order. */
  pins: SearchHit[];
  /** Only kinds that the publisher has. */
  kinds: { kind: Kind; count: number }[];
  /** Pulls of all public repositories, from the oldest day to today. */
  pullDays: PullDay[];
  pullsThisWeek: number;
};

/** Loads what a publisher's page shows beside the list of repositories. Search documents decide what is public. */
export async function loadPublisherActivity(
  { db }: { db: Db },
  { registryKey, now = new Date() }: { registryKey: bigint; now?: Date },
): Promise<PublisherActivity> {
  const since = firstDay(PUBLISHER_PULL_DAYS, now);
  const [pins, counts, pulls] = await Promise.all([
    findPinnedRows(db, registryKey),
    countByKind(db, registryKey),
    db.registryPulls.findMany({ where: { registryKey, day: { gte: since } }, select: { day: true, count: true } }),
  ]);
  const pullDays = toPullDays(
    pulls.map(({ day, count }) => ({ day, count: Number(count) })),
    { since, days: PUBLISHER_PULL_DAYS },
  );
  return {
    pins: pins.map(toHit),
    kinds: KINDS.flatMap((kind) => counts.filter((one) => one.kind === kind).map(({ count }) => ({ kind, count }))),
    pullDays,
    pullsThisWeek: pullDays.slice(-WEEK_DAYS).reduce((sum, { count }) => sum + count, 0),
  };
}

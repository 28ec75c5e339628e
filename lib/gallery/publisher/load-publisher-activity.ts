import type { Db } from '#lib/platform/pg/db.ts';
import { toHit } from '#lib/search/postgres/hit-row.ts';
import { KINDS, type Kind, type SearchHit } from '#lib/search/schema.ts';
import { firstDay, toPullDays, type PullDay } from '../insight-queries.ts';
import { countByKind, findPinnedRows } from './publisher-activity.sql.ts';
import type { PublisherPulls } from './publisher-pulls.ts';

export const PUBLISHER_PULL_DAYS = 90;
const WEEK_DAYS = 7;

export type PublisherActivity = {
  /** In the publisher's order. */
  pins: SearchHit[];
  /** Only kinds that the publisher has. */
  kinds: { kind: Kind; count: number }[];
  /** Pulls of all repositories in the gallery, from the oldest day to today. */
  pullDays: PullDay[];
  pullsThisWeek: number;
};

/** Loads what a publisher's page shows beside the list of repositories. Search documents decide what is public. */
export async function loadPublisherActivity(
  { db, publisherPulls }: { db: Db; publisherPulls: PublisherPulls },
  { registryKey, now = new Date() }: { registryKey: bigint; now?: Date },
): Promise<PublisherActivity> {
  const since = firstDay(PUBLISHER_PULL_DAYS, now);
  const [pins, counts] = await Promise.all([findPinnedRows(db, registryKey), countByKind(db, registryKey)]);
  const repositoryCount = counts.reduce((sum, { count }) => sum + count, 0);
  const pulls = await publisherPulls.sum({ registryKey, repositoryCount, since });
  const pullDays = toPullDays(pulls, { since, days: PUBLISHER_PULL_DAYS });
  return {
    pins: pins.map(toHit),
    kinds: KINDS.flatMap((kind) => counts.filter((one) => one.kind === kind).map(({ count }) => ({ kind, count }))),
    pullDays,
    pullsThisWeek: pullDays.slice(-WEEK_DAYS).reduce((sum, { count }) => sum + count, 0),
  };
}

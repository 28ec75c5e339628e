// Statistics of a repository: pulls by day and by tag, and moves of tags. They name no users. Callers authorize access to the
// repository.
import type { Db } from '#lib/platform/pg/db.ts';
import { listTagEventRows, sumPullsByTag } from './insight-queries.sql.ts';

const DAY_MS = 86_400_000;

/** `day` is a UTC date such as `2026-11-24`. */
export type PullDay = { day: string; count: number };
/** `tag` is null for pulls by digest. */
export type TagPulls = { tag: string | null; count: number };

export type PullInsights = {
  /** Every day of the period, from the oldest to today. */
  days: PullDay[];
  total: number;
  /** Most pulled first, at most `MAX_TAGS`. */
  byTag: TagPulls[];
  /** Totals of the tags that didn't fit into `byTag`. */
  otherTags: { count: number; pulls: number };
};

export const MAX_TAGS = 10;

type Span = { repositoryId: bigint; days: number; now?: Date };

export async function listPullDays(
  app: { db: Db },
  { repositoryId, days, now = new Date() }: Span,
): Promise<PullDay[]> {
  const since = firstDay(days, now);
  const rows = await app.db.pullCount.groupBy({
    by: ['day'],
    where: { repositoryId, day: { gte: since } },
    _sum: { count: true },
  });
  return toPullDays(
    rows.map(({ day, _sum }) => ({ day, count: Number(_sum.count ?? 0) })),
    { since, days },
  );
}

/** Adds the days without pulls. */
export function toPullDays(
  rows: { day: Date; count: number }[],
  { since, days }: { since: Date; days: number },
): PullDay[] {
  const counts = new Map(rows.map(({ day, count }) => [isoDay(day), count]));
  return Array.from({ length: days }, (_, i) => {
    const day = isoDay(new Date(since.getTime() + i * DAY_MS));
    return { day, count: counts.get(day) ?? 0 };
  });
}

export async function getPullInsights(app: { db: Db }, span: Span): Promise<PullInsights> {
  const { repositoryId, now = new Date() } = span;
  const [days, tags] = await Promise.all([
    listPullDays(app, { ...span, now }),
    sumPullsByTag(app.db, { repositoryId, since: firstDay(span.days, now), limit: MAX_TAGS }),
  ]);
  const byTag = tags.map(({ tag, pulls }) => ({ tag: tag === '' ? null : tag, count: Number(pulls) }));
  const shown = byTag.reduce((sum, { count }) => sum + count, 0);
  return {
    days,
    byTag,
    total: days.reduce((sum, { count }) => sum + count, 0),
    otherTags: {
      count: Number(tags[0]?.tagCount ?? 0) - byTag.length,
      pulls: Number(tags[0]?.total ?? 0) - shown,
    },
  };
}

export type TagMove = { id: string; tag: string; fromDigest: string | null; toDigest: string | null; at: Date };

/** Latest first, without attachments unless asked for. A null `fromDigest` means created, a null `toDigest` deleted. */
export async function listTagMoves(
  app: { db: Db },
  { repositoryId, tag, limit }: { repositoryId: bigint; tag?: string; limit: number },
): Promise<TagMove[]> {
  const rows = await listTagEventRows(app.db, { repositoryId, tag: tag ?? null, limit });
  return rows.map(({ id, ...move }) => ({ id: String(id), ...move }));
}

/** The period of a tag's "recent" pulls. */
export const RECENT_DAYS = 30;

/** Pulls in the last `RECENT_DAYS`. Leaves out tags without any. */
export async function listPullsOfTags(
  app: { db: Db },
  { repositoryId, tags }: { repositoryId: bigint; tags: string[] },
): Promise<Map<string, number>> {
  const rows = await app.db.pullCount.groupBy({
    by: ['tag'],
    where: { repositoryId, tag: { in: tags }, day: { gte: firstDay(RECENT_DAYS) } },
    _sum: { count: true },
  });
  return new Map(rows.map(({ tag, _sum }) => [tag, Number(_sum.count ?? 0)]));
}

/** Counts today as one of the days. */
export function firstDay(days: number, now = new Date()): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - (days - 1) * DAY_MS);
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

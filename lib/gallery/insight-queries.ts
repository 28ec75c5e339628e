// Statistics of a repository: pulls by day and by tag, and moves of tags. They name no users. Callers authorize access
// to the
// repository.
import type { Db } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';

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
  const counts = new Map(rows.map(({ day, _sum }) => [isoDay(day), Number(_sum.count ?? 0)]));
  return Array.from({ length: days }, (_, i) => {
    const day = isoDay(new Date(since.getTime() + i * DAY_MS));
    return { day, count: counts.get(day) ?? 0 };
  });
}

export async function getPullInsights(app: { db: Db }, span: Span): Promise<PullInsights> {
  const { repositoryId, now = new Date() } = span;
  const [days, tags] = await Promise.all([
    listPullDays(app, { ...span, now }),
    app.db.$queryRaw<{ tag: string; pulls: bigint; total: bigint; tag_count: bigint }[]>`
      SELECT tag, sum(count)::bigint AS pulls, sum(sum(count)) OVER ()::bigint AS total, count(*) OVER () AS tag_count
        FROM pull_counts WHERE repository_id = ${repositoryId} AND day >= ${firstDay(span.days, now)}::date
       GROUP BY tag ORDER BY pulls DESC, tag LIMIT ${MAX_TAGS}`,
  ]);
  const byTag = tags.map(({ tag, pulls }) => ({ tag: tag === '' ? null : tag, count: Number(pulls) }));
  const shown = byTag.reduce((sum, { count }) => sum + count, 0);
  return {
    days,
    byTag,
    total: days.reduce((sum, { count }) => sum + count, 0),
    otherTags: {
      count: Number(tags[0]?.tag_count ?? 0) - byTag.length,
      pulls: Number(tags[0]?.total ?? 0) - shown,
    },
  };
}

export type TagMove = { id: string; tag: string; fromDigest: string | null; toDigest: string | null; at: Date };

/** cosign's tag names identify an attachment even after its manifest is gone. */
const STANDS_FOR_ITSELF = Prisma.sql`e.tag !~ '^sha(256|512)-[0-9a-f]{64}' AND NOT EXISTS (
  SELECT FROM manifests m
   WHERE m.repository_id = e.repository_id AND m.digest = coalesce(e.to_digest, e.from_digest) AND m.attached_as IS NOT NULL)`;

/** Latest first, without attachments unless asked for. A null `fromDigest` means created, a null `toDigest` deleted. */
export async function listTagMoves(
  app: { db: Db },
  { repositoryId, tag, limit }: { repositoryId: bigint; tag?: string; limit: number },
): Promise<TagMove[]> {
  const wanted = tag === undefined ? STANDS_FOR_ITSELF : Prisma.sql`e.tag = ${tag}`;
  const rows = await app.db.$queryRaw<(Omit<TagMove, 'id'> & { id: bigint })[]>`
    SELECT e.id, e.tag, e.from_digest AS "fromDigest", e.to_digest AS "toDigest", e.at FROM tag_events e
     WHERE e.repository_id = ${repositoryId} AND ${wanted} ORDER BY e.at DESC, e.id DESC LIMIT ${limit}`;
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

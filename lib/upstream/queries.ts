// What pages and the API show of mirrors. Passwords stay inside.
import type { Db } from '#lib/platform/db.ts';
import { tagRulesSchema, type TagRule } from './schema.ts';
import type { UpstreamRateLimit } from './upstream-client.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

const STAT_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

export type UpstreamOverview = {
  host: string;
  isPlainHttp: boolean;
  tokenHost: string | null;
  username: string | null;
  tagTtlSeconds: number;
  tagRules: TagRule[];
  staleSeconds: number;
  answeredAt: Date | null;
  /** The latest, if it has not answered since. */
  problem: string | null;
  problemAt: Date | null;
  /** Until then it is left alone. */
  brokenUntil: Date | null;
  rateLimit: UpstreamRateLimit | null;
  stats: UpstreamStats;
};

/** Of the last 7 days. */
export type UpstreamStats = {
  /** Answered from here, of all that was asked; null when nothing was. Between 0 and 1. */
  hitRate: number | null;
  pulls: number;
  stale: number;
  failures: number;
  fetchedBytes: number;
  servedBytes: number;
};

export type MirrorOverview = {
  /** Without the alias. */
  name: string;
  upstreamHost: string;
  upstreamName: string;
  isPinned: boolean;
  tagCount: number;
  cachedBytes: number;
  pullCount: number;
  checkedAt: Date | null;
};

export type RegistryMirror = { host: string; prefix: string; answersFor: string[] };

export async function listUpstreams(
  app: { db: Db; upstream: UpstreamRuntime },
  { registryId }: { registryId: bigint },
): Promise<UpstreamOverview[]> {
  const rows = await app.db.upstream.findMany({
    where: { registryId },
    include: { days: { where: { day: { gte: new Date(Date.now() - STAT_DAYS * DAY_MS) } } } },
    orderBy: { host: 'asc' },
  });
  return rows.map((row) => {
    const { host, isPlainHttp, tokenHost, username, tagTtlSeconds, staleSeconds, answeredAt, lastProblemAt } = row;
    const isCurrent = lastProblemAt !== null && (answeredAt === null || lastProblemAt > answeredAt);
    return {
      ...{ host, isPlainHttp, tokenHost, username, tagTtlSeconds, staleSeconds, answeredAt },
      tagRules: tagRulesSchema.parse(row.tagRules),
      problem: isCurrent ? row.lastProblem : null,
      problemAt: isCurrent ? lastProblemAt : null,
      ...app.upstream.client.state({ id: row.id, host, isPlainHttp, tokenHost, credentials: null }),
      stats: sumDays(row.days),
    };
  });
}

type Day = Record<'hits' | 'revalidated' | 'misses' | 'stale' | 'failures' | 'fetchedBytes' | 'servedBytes', bigint>;

function sumDays(days: Day[]): UpstreamStats {
  const sum = (what: keyof Day) => days.reduce((total, day) => total + Number(day[what]), 0);
  const fromHere = sum('hits') + sum('revalidated') + sum('stale');
  const pulls = fromHere + sum('misses');
  const counts = { pulls, stale: sum('stale'), failures: sum('failures') };
  const bytes = { fetchedBytes: sum('fetchedBytes'), servedBytes: sum('servedBytes') };
  return { hitRate: pulls === 0 ? null : fromHere / pulls, ...counts, ...bytes };
}

type MirrorRow = {
  name: string;
  upstream_host: string;
  upstream_name: string;
  is_pinned: boolean;
  tag_count: bigint;
  cached_bytes: bigint;
  pull_count: bigint;
  checked_at: Date | null;
};

export async function listMirrors(
  app: { db: Db },
  { registryId, limit, offset }: { registryId: bigint; limit: number; offset: number },
): Promise<MirrorOverview[]> {
  const rows = await app.db.$queryRaw<MirrorRow[]>`
    SELECT r.name, u.host AS upstream_host, r.upstream_name, r.is_pinned, r.pull_count,
           (SELECT count(*) FROM tags t WHERE t.repository_id = r.id) AS tag_count,
           (SELECT max(t.checked_at) FROM tags t WHERE t.repository_id = r.id) AS checked_at,
           (SELECT coalesce(sum(b.size_bytes), 0)::bigint FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id
             WHERE l.repository_id = r.id) AS cached_bytes
      FROM repositories r JOIN upstreams u ON u.id = r.upstream_id
     WHERE r.registry_id = ${registryId}
     ORDER BY r.name LIMIT ${limit} OFFSET ${offset}`;
  return rows.map((row) => ({
    ...{ name: row.name, upstreamHost: row.upstream_host, upstreamName: row.upstream_name, isPinned: row.is_pinned },
    ...{ tagCount: Number(row.tag_count), cachedBytes: Number(row.cached_bytes), pullCount: Number(row.pull_count) },
    checkedAt: row.checked_at,
  }));
}

/** What the registry mirrors as a whole; null: nothing. */
export async function findRegistryMirror(
  app: { db: Db },
  { registryId }: { registryId: bigint },
): Promise<RegistryMirror | null> {
  const row = await app.db.registry.findUnique({
    where: { id: registryId },
    select: {
      mirrorPrefix: true,
      mirrorUpstream: { select: { host: true } },
      mirrorRoutes: { select: { host: true } },
    },
  });
  if (!row?.mirrorUpstream) return null;
  const { mirrorUpstream, mirrorPrefix: prefix, mirrorRoutes } = row;
  return { host: mirrorUpstream.host, prefix, answersFor: mirrorRoutes.map(({ host }) => host).sort() };
}

export type MirrorSourceInfo = { host: string; name: string; checkedAt: Date | null; problem: string | null };

/** For the repository's page: where it comes from, and when that was last looked at. */
export async function findMirrorSource(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<MirrorSourceInfo | null> {
  const row = await app.db.repository.findUnique({
    where: { id: repositoryId },
    select: {
      upstreamName: true,
      upstream: { select: { host: true, answeredAt: true, lastProblem: true, lastProblemAt: true } },
    },
  });
  if (!row?.upstream || row.upstreamName === null) return null;
  const { host, answeredAt, lastProblem, lastProblemAt } = row.upstream;
  const { _max } = await app.db.tag.aggregate({ where: { repositoryId }, _max: { checkedAt: true } });
  const isCurrent = lastProblemAt !== null && (answeredAt === null || lastProblemAt > answeredAt);
  return { host, name: row.upstreamName, checkedAt: _max.checkedAt, problem: isCurrent ? lastProblem : null };
}

/** Every host that a registry answers for, for the site's admins. */
export async function listMirrorRoutes(app: {
  db: Db;
}): Promise<{ host: string; alias: string; upstreamHost: string }[]> {
  const rows = await app.db.mirrorRoute.findMany({
    orderBy: { host: 'asc' },
    include: { registry: { select: { primaryAlias: true, mirrorUpstream: true } } },
  });
  return rows.map(({ host, registry }) => {
    return { host, alias: registry.primaryAlias?.name ?? '', upstreamHost: registry.mirrorUpstream?.host ?? '' };
  });
}

// Mirrors as pages and the API show them, without passwords.
import type { Visibility } from '#lib/repositories/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { tagRulesSchema, type TagRule } from '#lib/upstream/schema.ts';
import type { UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';
import { readStoredLimit } from './load-upstream.ts';
import { listMirrorRows, listUncachedTags } from './mirror-rows.sql.ts';

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
  /** The latest problem, unless the upstream has answered since. */
  problem: string | null;
  problemAt: Date | null;
  /** Paused until then. */
  brokenUntil: Date | null;
  rateLimit: UpstreamRateLimit | null;
  /** Repositories mirrored from it. */
  mirrorCount: number;
  /** Pull-through rules that name it. */
  ruleCount: number;
  /** Whether the whole registry mirrors it. */
  isOfRegistry: boolean;
  stats: UpstreamStats;
};

/** The last 7 days. */
export type UpstreamStats = {
  /** Share of requests answered from the cache, between 0 and 1. Null without requests. */
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
  visibility: Visibility;
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
  app: { db: Db },
  { registryKey }: { registryKey: bigint },
): Promise<UpstreamOverview[]> {
  const rows = await app.db.upstream.findMany({
    where: { registryKey },
    include: {
      days: { where: { day: { gte: new Date(Date.now() - STAT_DAYS * DAY_MS) } } },
      pauses: { where: { until: { gt: new Date() } }, orderBy: { until: 'desc' } },
      _count: { select: { repositories: true, mirrorOf: true, rules: true } },
    },
    orderBy: { host: 'asc' },
  });
  return rows.map((row) => {
    const { host, isPlainHttp, tokenHost, username, tagTtlSeconds, staleSeconds, answeredAt, lastProblemAt } = row;
    const problem = currentProblem(row);
    return {
      host,
      isPlainHttp,
      tokenHost,
      username,
      tagTtlSeconds,
      staleSeconds,
      answeredAt,
      problem,
      tagRules: tagRulesSchema.parse(row.tagRules),
      problemAt: problem === null ? null : lastProblemAt,
      mirrorCount: row._count.repositories,
      ruleCount: row._count.rules,
      isOfRegistry: row._count.mirrorOf > 0,
      brokenUntil: row.pauses[0]?.until ?? null,
      rateLimit: readStoredLimit(row),
      stats: sumDays(row.days),
    };
  });
}

type Health = { answeredAt: Date | null; lastProblem: string | null; lastProblemAt: Date | null };

/** Null once the upstream has answered again. */
export function currentProblem({ answeredAt, lastProblem, lastProblemAt }: Health): string | null {
  const isCurrent = lastProblemAt !== null && (answeredAt === null || lastProblemAt > answeredAt);
  return isCurrent ? lastProblem : null;
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

type ListMirrorsInput = {
  registryKey: bigint;
  limit: number;
  offset: number;
  /** Only the mirror of that name. */
  name?: string;
};

export async function listMirrors(
  app: { db: Db },
  { registryKey, limit, offset, name = '' }: ListMirrorsInput,
): Promise<MirrorOverview[]> {
  const rows = await listMirrorRows(app.db, { registryKey, limit, offset, name });
  return rows.map((row) => ({
    name: row.name,
    visibility: row.visibility,
    isPinned: row.isPinned,
    upstreamHost: row.upstreamHost,
    upstreamName: row.upstreamName,
    tagCount: Number(row.tagCount),
    cachedBytes: Number(row.cachedBytes),
    pullCount: Number(row.pullCount),
    checkedAt: row.checkedAt,
  }));
}

export async function countMirrors(app: { db: Db }, { registryKey }: { registryKey: bigint }): Promise<number> {
  return app.db.repository.count({ where: { registryKey, upstreamId: { not: null } } });
}

/** Null unless the registry mirrors another as a whole. */
export async function findRegistryMirror(
  app: { db: Db },
  { registryKey }: { registryKey: bigint },
): Promise<RegistryMirror | null> {
  const row = await app.db.registry.findUnique({
    where: { id: registryKey },
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

/** For the repository's page: the source, and when it was last checked. */
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
  const { _max } = await app.db.tag.aggregate({ where: { repositoryId }, _max: { checkedAt: true } });
  const { upstream, upstreamName: name } = row;
  return { host: upstream.host, name, checkedAt: _max.checkedAt, problem: currentProblem(upstream) };
}

export type TagsElsewhere = { count: number; names: string[] };

/** Counts tags that the upstream lists and that aren't cached here, and returns the first `limit` of them. */
export async function listTagsElsewhere(
  app: { db: Db },
  { repositoryId, limit }: { repositoryId: bigint; limit: number },
): Promise<TagsElsewhere> {
  const rows = await listUncachedTags(app.db, { repositoryId, limit });
  return { count: Number(rows[0]?.total ?? 0), names: rows.map(({ name }) => name) };
}

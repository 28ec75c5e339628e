// Mirrors as site admins see them. Callers authorize.
import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { currentProblem } from './queries.ts';

const MAX_FAILING = 200;

export type MirrorRouteRow = { host: string; alias: string; upstreamHost: string };

/** Lists every host or wildcard that a registry answers for. */
export async function listMirrorRoutes(app: { db: Db }): Promise<MirrorRouteRow[]> {
  const rows = await app.db.mirrorRoute.findMany({
    orderBy: { host: 'asc' },
    include: { registry: { select: { primaryAlias: true, mirrorUpstream: true } } },
  });
  return rows.map(({ host, registry }) => {
    return { host, alias: registry.primaryAlias?.name ?? '', upstreamHost: registry.mirrorUpstream?.host ?? '' };
  });
}

export type FailingUpstream = {
  host: string;
  alias: string;
  problem: string;
  problemAt: Date;
  answeredAt: Date | null;
};

/** Lists upstreams whose latest attempt failed, most recent first. */
export async function listFailingUpstreams(app: { db: Db }): Promise<FailingUpstream[]> {
  const rows = await app.db.upstream.findMany({
    where: {
      lastProblemAt: { not: null },
      OR: [{ answeredAt: null }, { answeredAt: { lt: app.db.upstream.fields.lastProblemAt } }],
    },
    orderBy: [{ lastProblemAt: 'desc' }, { id: 'asc' }],
    take: MAX_FAILING,
    include: { registry: { select: ADDRESS_COLUMNS } },
  });
  return rows.flatMap((row) => {
    const { host, registry, answeredAt, lastProblemAt } = row;
    const problem = currentProblem(row);
    if (problem === null || lastProblemAt === null) return [];
    const alias = registryAddress(registry);
    return [{ host, alias, problem, problemAt: lastProblemAt, answeredAt }];
  });
}

// A publisher's repositories, read from the catalog so that a push is visible immediately, while the search index lags
// behind. Callers authorize access beyond the public view.
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import type { Kind } from '#lib/search/schema.ts';
import { findKind } from '../repository/find-kind.ts';
import { COUNTED_STARS } from '../build-search-document.ts';
import { IN_GALLERY } from '../gallery-queries.ts';
import { BRANDING_COLUMNS, shownLogo } from '#lib/publishers/branding.ts';
import type { Visibility } from '#lib/repositories/schema.ts';

export const PUBLISHER_SORTS = ['updated', 'pulls', 'name', 'created'] as const;
export type PublisherSort = (typeof PUBLISHER_SORTS)[number];

export type RepositorySummary = {
  name: string;
  visibility: Visibility;
  kind: Kind;
  description: string;
  logoId: string | null;
  pullCount: number;
  starCount: number;
  createdAt: Date;
  /** Null before the first push. */
  pushedAt: Date | null;
};

const ORDERS: Record<PublisherSort, Prisma.RepositoryOrderByWithRelationInput[]> = {
  updated: [{ lastPushedAt: { sort: 'desc', nulls: 'last' } }, { id: 'asc' }],
  pulls: [{ pullCount: 'desc' }, { id: 'asc' }],
  name: [{ name: 'asc' }],
  created: [{ createdAt: 'desc' }, { id: 'desc' }],
};

type ListInput = {
  registryKey: bigint;
  /** Includes private, quarantined and empty repositories, which only members may see. */
  isMember: boolean;
  sort: PublisherSort;
  offset: number;
  limit: number;
};

export async function listPublisherRepositories(
  app: { db: Db; config: Pick<PublisherConfig, 'publisherBranding'> },
  { registryKey, isMember, sort, offset, limit }: ListInput,
): Promise<{ repositories: RepositorySummary[]; total: number }> {
  const where = { registryKey, ...(!isMember && IN_GALLERY) };
  const [rows, total] = await Promise.all([
    app.db.repository.findMany({
      where,
      orderBy: ORDERS[sort],
      skip: offset,
      take: limit,
      include: { registry: { select: BRANDING_COLUMNS }, _count: { select: { stars: { where: COUNTED_STARS } } } },
    }),
    app.db.repository.count({ where }),
  ]);
  const manifests = await app.db.manifest.groupBy({
    by: ['repositoryId', 'configMediaType', 'artifactType'],
    where: { repositoryId: { in: rows.map(({ id }) => id) }, attachedAs: null },
  });
  const repositories = rows.map((row) => ({
    name: row.name,
    visibility: row.visibility,
    description: row.description,
    createdAt: row.createdAt,
    kind: findKind(manifests.filter(({ repositoryId }) => repositoryId === row.id)),
    logoId: shownLogo(app.config.publisherBranding, row.registry, row),
    pullCount: Number(row.pullCount),
    starCount: row._count.stars,
    pushedAt: row.lastPushedAt,
  }));
  return { repositories, total };
}

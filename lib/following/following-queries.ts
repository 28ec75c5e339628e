// Stars and follows as pages and the API show them. Callers authorize access to the repository.
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { COUNTED_STARS } from '#lib/gallery/build-search-document.ts';
import { IN_GALLERY } from '#lib/gallery/gallery-queries.ts';
import { BRANDING_COLUMNS, shownBranding, shownLogo } from '#lib/publishers/branding.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { DigestChoice } from './schema.ts';

export async function countStars(app: { db: Db }, { repositoryId }: { repositoryId: bigint }): Promise<number> {
  return app.db.star.count({ where: { repositoryId, ...COUNTED_STARS } });
}

export type Attention = { starCount: number; isStarred: boolean; isFollowed: boolean };

/** `userId` is null for anonymous visitors. */
export async function readAttention(
  app: { db: Db },
  { repositoryId, userId }: { repositoryId: bigint; userId: string | null },
): Promise<Attention> {
  const own = userId !== null && { repositoryId, userId };
  const [starCount, star, follow] = await Promise.all([
    countStars(app, { repositoryId }),
    own ? app.db.star.count({ where: own }) : 0,
    own ? app.db.repositoryFollow.count({ where: own }) : 0,
  ]);
  return { starCount, isStarred: star > 0, isFollowed: follow > 0 };
}

export async function isPublisherFollowed(
  app: { db: Db },
  { registryId, userId }: { registryId: string; userId: string },
): Promise<boolean> {
  return (await app.db.registryFollow.count({ where: { userId, registry: { registryId } } })) > 0;
}

export type FollowedRepository = { alias: string; name: string; logoId: string | null; followedAt: Date };
export type StarredRepository = Omit<FollowedRepository, 'followedAt'> & { starredAt: Date };
export type FollowedPublisher = { alias: string; displayName: string; logoId: string | null; followedAt: Date };
export type Followed = { repositories: FollowedRepository[]; publishers: FollowedPublisher[] };

type ListApp = { db: Db; config: Pick<PublisherConfig, 'publisherBranding'> };

const REGISTRY_COLUMNS = {
  registryId: true,
  primaryAlias: { select: { name: true } },
  ...BRANDING_COLUMNS,
} as const;

const REPOSITORY_COLUMNS = {
  name: true,
  logoId: true,
  quarantinedAt: true,
  registry: { select: REGISTRY_COLUMNS },
} as const;

/** Lists a page of what a user starred, latest first. Leaves out what isn't public now. */
export async function listStarred(
  app: ListApp,
  { userId, offset, limit }: { userId: string; offset: number; limit: number },
): Promise<{ repositories: StarredRepository[]; total: number }> {
  const where = { userId, repository: IN_GALLERY };
  const [rows, total] = await Promise.all([
    app.db.star.findMany({
      where,
      orderBy: [{ createdAt: 'desc' }, { repositoryId: 'desc' }],
      skip: offset,
      take: limit,
      select: { createdAt: true, repository: { select: REPOSITORY_COLUMNS } },
    }),
    app.db.star.count({ where }),
  ]);
  const repositories = rows.map(({ createdAt: starredAt, repository }) => ({ ...toNamed(app, repository), starredAt }));
  return { repositories, total };
}

type RepositoryRow = Prisma.RepositoryGetPayload<{ select: typeof REPOSITORY_COLUMNS }>;

function toNamed(
  { config }: ListApp,
  { registry, ...repository }: RepositoryRow,
): Omit<FollowedRepository, 'followedAt'> {
  return {
    alias: registry.primaryAlias?.name ?? registry.registryId,
    name: repository.name,
    logoId: shownLogo(config.publisherBranding, registry, repository),
  };
}

/** Lists what a user follows, latest first. Leaves out what isn't public now. */
export async function listFollowed(app: ListApp, { userId }: { userId: string }): Promise<Followed> {
  const { publisherBranding } = app.config;
  const [repositories, publishers] = await Promise.all([
    app.db.repositoryFollow.findMany({
      where: { userId, repository: IN_GALLERY },
      orderBy: [{ createdAt: 'desc' }, { repositoryId: 'desc' }],
      select: { createdAt: true, repository: { select: REPOSITORY_COLUMNS } },
    }),
    app.db.registryFollow.findMany({
      where: { userId },
      orderBy: [{ createdAt: 'desc' }, { registryKey: 'desc' }],
      select: { createdAt: true, registry: { select: REGISTRY_COLUMNS } },
    }),
  ]);
  return {
    repositories: repositories.map(({ createdAt: followedAt, repository }) => ({
      ...toNamed(app, repository),
      followedAt,
    })),
    publishers: publishers.map(({ createdAt: followedAt, registry }) => ({
      alias: registry.primaryAlias?.name ?? registry.registryId,
      ...shownBranding(publisherBranding, registry),
      followedAt,
    })),
  };
}

export async function readDigestChoice(app: { db: Db }, { userId }: { userId: string }): Promise<DigestChoice> {
  return (await app.db.digest.findUnique({ where: { userId }, select: { period: true } }))?.period ?? 'off';
}

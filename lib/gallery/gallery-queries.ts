// Data for the public pages. Callers authorize access to the repository.
import { registryAddress } from '#lib/publishers/registry-address.ts';
import { findKind } from './repository/find-kind.ts';
import { architectureName, operatingSystemName } from '#lib/oci/facts/platform.ts';
import { BRANDING_COLUMNS, shownBranding, shownLogo } from '#lib/publishers/branding.ts';
import { toDeprecation, type Deprecation } from '#lib/repositories/deprecation/deprecation.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import type { TagMutability } from '#lib/repositories/tag-mutability/schema.ts';
import { toProfile } from '#lib/publishers/registry-profile.ts';
import type { PublisherProfile } from '#lib/publishers/schema.ts';
import { LIVE_PROOFS, toVerification, type Verification } from '#lib/publishers/verification/verification.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import type { Kind } from '#lib/search/schema.ts';
import { COUNTED_STARS } from './build-search-document.ts';
import { sumPublisherTotals } from './publisher/publisher-activity.sql.ts';

/** The gallery lists repositories that are public, not quarantined and have at least one unattached manifest. */
export const IN_GALLERY = {
  visibility: 'public',
  quarantinedAt: null,
  manifests: { some: { attachedAs: null } },
} satisfies Prisma.RepositoryWhereInput;

type GalleryApp = { db: Db; config: Pick<PublisherConfig, 'publisherBranding'> };

export type PublisherRow = {
  alias: string;
  displayName: string;
  logoId: string | null;
  repositoryCount: number;
  createdAt: Date;
};

export async function listNewPublishers(app: GalleryApp, { limit }: { limit: number }): Promise<PublisherRow[]> {
  const registries = await app.db.registry.findMany({
    where: { repositories: { some: IN_GALLERY } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
    select: {
      id: true,
      registryId: true,
      ...BRANDING_COLUMNS,
      createdAt: true,
      primaryAlias: { select: { name: true } },
    },
  });
  // A separate query, because the one above would count for every publisher.
  const counts = await app.db.repository.groupBy({
    by: ['registryKey'],
    where: { registryKey: { in: registries.map(({ id }) => id) }, ...IN_GALLERY },
    _count: true,
  });
  const countById = new Map(counts.map(({ registryKey, _count }) => [registryKey, _count]));
  return registries.map(({ id, registryId, createdAt, primaryAlias, ...registry }) => ({
    alias: primaryAlias?.name ?? registryId,
    ...shownBranding(app.config.publisherBranding, registry),
    createdAt,
    repositoryCount: countById.get(id) ?? 0,
  }));
}

export type PublisherPage = {
  id: bigint;
  /** 12 digits. */
  registryId: string;
  /** Empty when only the alias is shown (branding.ts), here and in the whole file. */
  displayName: string;
  logoId: string | null;
  profile: PublisherProfile;
  primaryAlias: string;
  otherAliases: string[];
  verification: Verification | null;
  isDemo: boolean;
  createdAt: Date;
  repositoryCount: number;
  pullCount: number;
};

export async function getPublisherPage(app: GalleryApp, alias: string): Promise<PublisherPage | null> {
  const [registry, totals] = await Promise.all([
    app.db.registry.findFirst({
      where: { aliases: { some: { name: alias, status: 'active' } } },
      include: {
        domainProofs: LIVE_PROOFS,
        primaryAlias: { select: { name: true } },
        aliases: { where: { status: 'active' }, orderBy: { id: 'asc' }, select: { name: true } },
      },
    }),
    sumPublisherTotals(app.db, alias),
  ]);
  if (!registry) return null;
  const primaryAlias = registry.primaryAlias?.name ?? alias;
  return {
    id: registry.id,
    registryId: registry.registryId,
    ...shownBranding(app.config.publisherBranding, registry),
    profile: toProfile(registry),
    primaryAlias,
    otherAliases: registry.aliases.map(({ name }) => name).filter((name) => name !== primaryAlias),
    verification: toVerification(registry),
    isDemo: registry.isDemo,
    createdAt: registry.createdAt,
    ...totals,
  };
}

export type RepositoryPage = {
  id: bigint;
  registryKey: bigint;
  name: string;
  primaryAlias: string;
  publisherName: string;
  logoId: string | null;
  verification: Verification | null;
  isDemo: boolean;
  visibility: Visibility;
  /** Set while quarantined, when only members and admins see the repository. */
  quarantineReason: string | null;
  /** Its publisher advises against it. */
  deprecation: Deprecation | null;
  kind: Kind;
  tagMutability: TagMutability;
  tagExclusions: string[];
  description: string;
  aboutText: string;
  usageText: string;
  /** The part of the about text that was filled in from the image. */
  imageAboutText: string;
  /** Base of relative links in these texts. */
  sourceUrl: string | null;
  /** Declared by the publisher. `ImageView.platforms` has what the manifests say (tag-queries.ts). */
  operatingSystems: string[];
  architectures: string[];
  /** Slugs (lib/repositories/categories.ts). */
  categories: string[];
  /** As chosen. The tag may be deleted (see getFeaturedTag in tag-queries.ts). */
  featuredTag: string | null;
  pullCount: number;
  starCount: number;
  tagCount: number;
  hasImage: boolean;
  createdAt: Date;
  lastPushedAt: Date | null;
};

export async function getRepositoryPage(
  app: GalleryApp,
  { repositoryId }: { repositoryId: bigint },
): Promise<RepositoryPage> {
  const [repository, kind, tagCount] = await Promise.all([
    app.db.repository.findUniqueOrThrow({
      where: { id: repositoryId },
      include: {
        registry: { include: { primaryAlias: true, domainProofs: LIVE_PROOFS } },
        _count: { select: { stars: { where: COUNTED_STARS } } },
      },
    }),
    findRepositoryKind(app, repositoryId),
    app.db.tag.count({ where: { repositoryId, attachedAs: null } }),
  ]);
  const { registry, pullCount, _count, ...rest } = repository;
  return {
    ...rest,
    // Publishers may write a name in several spellings.
    operatingSystems: [...new Set(rest.operatingSystems.map(operatingSystemName))],
    architectures: [...new Set(rest.architectures.map(architectureName))],
    deprecation: toDeprecation(repository),
    primaryAlias: registryAddress(registry),
    logoId: shownLogo(app.config.publisherBranding, registry, repository),
    publisherName: shownBranding(app.config.publisherBranding, registry).displayName,
    verification: toVerification(registry),
    isDemo: registry.isDemo,
    ...kind,
    tagCount,
    pullCount: Number(pullCount),
    starCount: _count.stars,
  };
}

/** Checks one manifest first, because a single image makes it an image repository. Otherwise all manifests count. */
async function findRepositoryKind(
  app: GalleryApp,
  repositoryId: bigint,
): Promise<Pick<RepositoryPage, 'kind' | 'hasImage'>> {
  const where = { repositoryId, attachedAs: null };
  const first = await app.db.manifest.findFirst({ where, select: { configMediaType: true, artifactType: true } });
  if (first && findKind([first]) === 'image') return { kind: 'image', hasImage: true };
  const others = await app.db.manifest.groupBy({ by: ['configMediaType', 'artifactType'], where });
  return { kind: findKind(others), hasImage: first !== null };
}

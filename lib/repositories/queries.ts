// Registries as the console and the API show them to their members. Callers authorize.
import type { PushCreation } from '#lib/publishers/schema.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { RegistryRole } from '#lib/access/schema.ts';
import { DEFAULT_FIRST } from '#lib/publishers/default-first.ts';
import { BRANDING_COLUMNS, isBrandingShown, isNameApproved } from '#lib/publishers/branding.ts';
import { DEPRECATION_COLUMNS, type DeprecationColumns } from './deprecation/deprecation.ts';
import { sumLinkedBytes } from './linked-bytes.sql.ts';
import type { CatalogData, Visibility } from './schema.ts';
import type { TagMutabilityRule } from './tag-mutability/schema.ts';
import { isDecided, LIVE_PROOFS, toVerification } from '#lib/publishers/verification/verification.ts';

export type AliasView = { name: string; primary: boolean; default: boolean };

export type RegistryView = {
  id: bigint;
  /** 12 digits. */
  registryId: string;
  displayName: string;
  logoId: string | null;
  /** Whether others see the display name and logos. Otherwise they appear after verification. */
  isBrandingShown: boolean;
  isVerified: boolean;
  /** Whether only admins can change the display name. */
  isVerifiedByAdmin: boolean;
  nameState: NameState;
  /** As stored in the row (see registry-quota.ts). */
  quotaBytes: bigint | null;
  /** The visibility of repositories created by a push. */
  pushVisibility: Visibility;
  pushCreation: PushCreation;
  /** Whether a push may link blobs of other repositories instead of uploading them again. */
  mountsBlobs: boolean;
  role: RegistryRole;
  /** Whether the user has chosen it to be shown first. */
  isDefault: boolean;
  primaryAlias: string;
  aliases: AliasView[];
};

/** The review state of a display name. `in_review` waits for a reviewer. */
export type NameState = 'approved' | 'in_review' | 'declined';

function toNameState(registry: {
  displayName: string;
  approvedName: string | null;
  declinedName: string | null;
}): NameState {
  if (isNameApproved(registry)) return 'approved';
  return registry.declinedName === registry.displayName ? 'declined' : 'in_review';
}

/** Lists the registries of a user, starting with the default one. */
export async function listRegistries(
  app: { db: Db; config: Pick<PublisherConfig, 'publisherBranding'> },
  { userId }: { userId: string },
): Promise<RegistryView[]> {
  const members = await app.db.member.findMany({
    where: { userId },
    orderBy: [...DEFAULT_FIRST],
    include: { registry: { include: { ...ACTIVE_ALIASES, domainProofs: LIVE_PROOFS } } },
  });
  return members.map(({ role, registry }, at) => {
    const aliases = toAliasViews(registry);
    const primaryAlias = aliases.find((alias) => alias.primary)?.name ?? registry.registryId;
    const { id, registryId, displayName, logoId, quotaBytes, pushVisibility, pushCreation, mountsBlobs } = registry;
    return {
      id,
      registryId,
      displayName,
      logoId,
      quotaBytes,
      pushVisibility,
      pushCreation,
      mountsBlobs,
      role,
      isDefault: at === 0,
      primaryAlias,
      aliases,
      isBrandingShown: isBrandingShown(app.config.publisherBranding, registry),
      isVerified: toVerification(registry) !== null,
      isVerifiedByAdmin: isDecided(registry),
      nameState: toNameState(registry),
    };
  });
}

export async function describeRegistry(app: { db: Db }, { registryKey }: { registryKey: bigint }) {
  const registry = await app.db.registry.findUniqueOrThrow({ where: { id: registryKey }, include: ACTIVE_ALIASES });
  return { registryId: registry.registryId, displayName: registry.displayName, aliases: toAliasViews(registry) };
}

type RegistryRow = {
  primaryAliasId: bigint | null;
  defaultAliasId: bigint | null;
  aliases: { id: bigint; name: string }[];
};

const ACTIVE_ALIASES = { aliases: { where: { status: 'active' }, orderBy: { id: 'asc' } } } as const;

function toAliasViews({ primaryAliasId, defaultAliasId, aliases }: RegistryRow): AliasView[] {
  return aliases.map(({ id, name }) => ({ name, primary: id === primaryAliasId, default: id === defaultAliasId }));
}

export type CatalogDataView = CatalogData & {
  /** Base of relative links in the texts. */
  sourceUrl: string | null;
  logoId: string | null;
  featuredTag: string | null;
  /** Null keeps untagged manifests forever. */
  untaggedDays: number | null;
  /** Whether others see the logo. */
  isLogoShown: boolean;
} & TagMutabilityRule &
  DeprecationColumns;

export async function getCatalogData(
  app: { db: Db; config: Pick<PublisherConfig, 'publisherBranding'> },
  { repositoryId }: { repositoryId: bigint },
): Promise<CatalogDataView> {
  const { registry, ...catalogData } = await app.db.repository.findUniqueOrThrow({
    where: { id: repositoryId },
    select: {
      description: true,
      aboutText: true,
      usageText: true,
      sourceUrl: true,
      operatingSystems: true,
      architectures: true,
      categories: true,
      logoId: true,
      featuredTag: true,
      untaggedDays: true,
      tagMutability: true,
      tagExclusions: true,
      ...DEPRECATION_COLUMNS,
      registry: { select: BRANDING_COLUMNS },
    },
  });
  return { ...catalogData, isLogoShown: isBrandingShown(app.config.publisherBranding, registry) };
}

export type RepositoryFactsView = {
  tagCount: number;
  manifestCount: number;
  pullCount: number;
  /** Blobs that the repository links. Other repositories may share them. */
  storedBytes: number;
  lastPushedAt: Date | null;
  createdAt: Date;
};

export async function getRepositoryFacts(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<RepositoryFactsView> {
  const [repository, tagCount, manifestCount, storedBytes] = await Promise.all([
    app.db.repository.findUniqueOrThrow({
      where: { id: repositoryId },
      select: { pullCount: true, lastPushedAt: true, createdAt: true },
    }),
    app.db.tag.count({ where: { repositoryId, attachedAs: null } }),
    app.db.manifest.count({ where: { repositoryId } }),
    sumLinkedBytes(app.db, repositoryId),
  ]);
  return { ...repository, pullCount: Number(repository.pullCount), tagCount, manifestCount, storedBytes };
}

/** Progress towards the first image in a repository. */
export type PublishProgress = { hasToken: boolean; hasUsedToken: boolean; hasImage: boolean };

export async function getPublishProgress(
  app: { db: Db },
  { userId, repositoryId }: { userId: string; repositoryId: bigint },
): Promise<PublishProgress> {
  const live = { userId, revokedAt: null };
  const [token, usedToken, manifest] = await Promise.all([
    app.db.accessToken.findFirst({ where: live, select: { id: true } }),
    app.db.accessToken.findFirst({ where: { ...live, lastUsedAt: { not: null } }, select: { id: true } }),
    app.db.manifest.findFirst({ where: { repositoryId }, select: { id: true } }),
  ]);
  return { hasToken: token !== null, hasUsedToken: usedToken !== null, hasImage: manifest !== null };
}

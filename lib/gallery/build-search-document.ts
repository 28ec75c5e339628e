// The only place that builds search documents from catalog rows.
import { SIGNATURE_TYPES } from '#lib/oci/evidence-kind.ts';
import { architectureName, operatingSystemName } from '#lib/oci/facts/platform.ts';
import { summarizeMarkdown } from './markdown/summarize-markdown.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { findKind } from './repository/find-kind.ts';
import type { SearchDocument } from '#lib/search/schema.ts';
import { shownBranding, shownLogo } from '#lib/publishers/branding.ts';
import { LIVE_PROOFS, toVerification } from '#lib/publishers/verification/verification.ts';

type DocumentApp = { db: DbOrTx; config: Pick<PublisherConfig, 'publisherBranding'> };

/** Leaves out stars of disabled accounts, so that disabling abusers corrects the count. */
export const COUNTED_STARS = { user: { disabledAt: null } };

/** Bump when documents are built differently, which rebuilds the old ones on startup. */
const DOCUMENT_VERSION = 11;

/** Identifies how documents are built: the version and the operator's settings. */
export function documentRules({ publisherBranding }: DocumentApp['config']): string {
  return `version ${DOCUMENT_VERSION}, branding ${publisherBranding}`;
}

/** Null for repositories that search must not show: private, quarantined or without an image. */
export async function buildSearchDocument(
  { db, config }: DocumentApp,
  repositoryId: bigint,
): Promise<SearchDocument | null> {
  const repository = await db.repository.findUnique({
    where: { id: repositoryId },
    include: {
      _count: { select: { stars: { where: COUNTED_STARS } } },
      registry: {
        include: {
          primaryAlias: true,
          domainProofs: LIVE_PROOFS,
          aliases: { where: { status: 'active' }, orderBy: { id: 'asc' } },
        },
      },
    },
  });
  // Grouped by the database, because a repository may have any number of manifests but few distinct kinds.
  const manifests = await db.manifest.groupBy({
    by: ['configMediaType', 'artifactType', 'os', 'architecture'],
    where: { repositoryId, attachedAs: null },
  });
  if (!repository || repository.visibility !== 'public' || repository.quarantinedAt || manifests.length === 0)
    return null;
  // Most platforms of a mirrored image are known only from its index.
  const listed = repository.upstreamId === null ? [] : await listChildPlatforms(db, repositoryId);
  const { registry } = repository;
  const primary = registry.primaryAlias?.name;
  const aliases = registry.aliases
    .map((alias) => alias.name)
    .sort((a, b) => Number(b === primary) - Number(a === primary));
  return {
    repositoryId,
    registryKey: repository.registryKey,
    aliases,
    name: repository.name,
    // Hidden names aren't searchable either.
    displayName: shownBranding(config.publisherBranding, registry).displayName,
    logoId: shownLogo(config.publisherBranding, registry, repository),
    description: repository.description,
    ...platformsOf(repository, [...manifests, ...listed]),
    categories: repository.categories,
    licences: repository.licences,
    baseSystem: repository.baseSystem,
    sizeBytes: repository.imageBytes === null ? null : Number(repository.imageBytes),
    about: summarizeMarkdown(repository.aboutText),
    kind: findKind(manifests),
    verified: toVerification(registry) !== null,
    signed: await hasSignature(db, repositoryId),
    deprecated: repository.deprecatedAt !== null,
    pullCount: Number(repository.pullCount),
    starCount: repository._count.stars,
    pushedAt: repository.lastPushedAt ?? repository.createdAt,
  };
}

/** Finds a signature attached as a referrer or by cosign's tags. Neither signer nor subject is checked. */
async function hasSignature(db: DbOrTx, repositoryId: bigint): Promise<boolean> {
  const isSignature = { OR: [{ artifactType: { in: SIGNATURE_TYPES } }, { configMediaType: { in: SIGNATURE_TYPES } }] };
  const referring = { repositoryId, subjectDigest: { not: null }, ...isSignature };
  const tagged = { repositoryId, name: { startsWith: 'sha256-', endsWith: '.sig' } };
  const found =
    (await db.manifest.findFirst({ where: referring, select: { id: true } })) ??
    (await db.tag.findFirst({ where: tagged, select: { manifestId: true } }));
  return found !== null;
}

function listChildPlatforms(db: DbOrTx, repositoryId: bigint) {
  return db.manifestChild.groupBy({ by: ['os', 'architecture'], where: { parent: { repositoryId } } });
}

/** Search stores no more of them. An index may list thousands. */
const MAX_PLATFORMS = 50;

type Declared = { operatingSystems: string[]; architectures: string[] };
type Found = { os: string | null; architecture: string | null };

/** Merges what the publisher declared with what the manifests say, in the words of the image specification. */
function platformsOf(declared: Declared, found: Found[]) {
  const isKnown = (value: string | null): value is string => value !== null && value !== '' && value !== 'unknown';
  const known = found.flatMap(({ os, architecture }) =>
    isKnown(os) && isKnown(architecture)
      ? [{ os: operatingSystemName(os), architecture: architectureName(architecture) }]
      : [],
  );
  const own = declared.operatingSystems.map(operatingSystemName);
  const ownArchitectures = declared.architectures.map(architectureName);
  const sorted = (values: string[]) => [...new Set(values)].sort().slice(0, MAX_PLATFORMS);
  return {
    operatingSystems: sorted([...own, ...known.map(({ os }) => os)]),
    architectures: sorted([...ownArchitectures, ...known.map(({ architecture }) => architecture)]),
    platforms: sorted([
      ...own.flatMap((os) => ownArchitectures.map((architecture) => `${os}/${architecture}`)),
      ...known.map(({ os, architecture }) => `${os}/${architecture}`),
    ]),
  };
}

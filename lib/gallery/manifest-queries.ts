// Data about one manifest for the public pages. Callers authorize access to the repository. Queries never leave that
// repository, because knowing a digest grants no access.
import { manifestKind } from '#lib/oci/media-types.ts';
import type { Kind } from '#lib/search/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { kindOfManifest } from './repository/find-kind.ts';
import { showManifest, type ShowManifestApp, type ShownManifest, type StoredManifestRow } from './show-manifest.ts';

const MAX_TAGS = 50;
const MAX_PARENTS = 20;

export type ManifestView = ShownManifest & {
  digest: string;
  mediaType: string;
  artifactType: string | null;
  kind: Kind;
  isIndex: boolean;
  /** Size of the manifest itself. */
  sizeBytes: number;
  /** Compressed size of everything below it that is stored here. */
  contentBytes: number;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  imageCreatedAt: Date | null;
  pushedAt: Date;
  subjectDigest: string | null;
  /** The newest ones. `tagCount` has their total. */
  tags: string[];
  tagCount: number;
  /** Digests of indexes that list it. */
  parents: string[];
};

/** Null when the repository doesn't have the manifest. */
export async function getManifestPage(
  app: ShowManifestApp & { db: Db },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<ManifestView | null> {
  const ofTags = { manifest: { repositoryId, digest } };
  const [row, tags, tagCount, parents] = await Promise.all([
    app.db.manifest.findUnique({
      where: { repositoryId_digest: { repositoryId, digest } },
      omit: { payload: true, annotations: true },
    }),
    // Separate queries. Within the first one, Prisma would count and read tags of the whole gallery.
    app.db.tag.findMany({
      where: ofTags,
      select: { name: true },
      orderBy: [{ pushedAt: 'desc' }, { versionKey: 'desc' }, { name: 'desc' }],
      take: MAX_TAGS,
    }),
    app.db.tag.count({ where: ofTags }),
    app.db.manifestChild.findMany({
      where: { digest, parent: { repositoryId } },
      orderBy: { parentId: 'desc' },
      distinct: ['parentId'],
      take: MAX_PARENTS,
      select: { parent: { select: { digest: true } } },
    }),
  ]);
  if (!row) return null;
  const shown = await showIfPossible(app, row);
  const { os, architecture, variant, imageCreatedAt, pushedAt, artifactType, subjectDigest, mediaType } = row;
  return {
    digest,
    mediaType,
    artifactType,
    os,
    architecture,
    variant,
    imageCreatedAt,
    pushedAt,
    subjectDigest,
    kind: kindOfManifest(row),
    isIndex: manifestKind(mediaType) === 'index',
    sizeBytes: row.sizeBytes,
    contentBytes: Number(row.contentBytes),
    ...shown,
    tags: tags.map(({ name }) => name),
    tagCount,
    parents: parents.map(({ parent }) => parent.digest),
  };
}

/** Shows no content while it can't be read, because the rest of the page is still useful. */
async function showIfPossible(app: ShowManifestApp, row: StoredManifestRow): Promise<ShownManifest> {
  try {
    return await showManifest(app, row);
  } catch (error) {
    if (isAppError(error)) return { text: '', manifest: null, embeddedConfig: null };
    throw error;
  }
}

/** Returns the manifests among `digests` that the repository has, with the compressed size of their content. */
export async function findPresentManifests(
  app: { db: Db },
  { repositoryId, digests }: { repositoryId: bigint; digests: string[] },
): Promise<Map<string, number>> {
  const rows = await app.db.manifest.findMany({
    where: { repositoryId, digest: { in: digests } },
    select: { digest: true, contentBytes: true },
  });
  return new Map(rows.map(({ digest, contentBytes }) => [digest, Number(contentBytes)]));
}

/** Returns the sizes of the blobs among `digests` that the repository has. A mirror fetches the others on demand. */
export async function findPresentBlobs(
  app: { db: Db },
  { repositoryId, digests }: { repositoryId: bigint; digests: string[] },
): Promise<Map<string, number>> {
  const rows = await app.db.repositoryBlob.findMany({
    where: { repositoryId, digest: { in: digests } },
    select: { digest: true, blob: { select: { sizeBytes: true } } },
  });
  return new Map(rows.map(({ digest, blob }) => [digest, Number(blob.sizeBytes)]));
}

export type LayerView = {
  digest: string;
  mediaType: string;
  sizeBytes: number;
  /** Digests of a few manifests that contain it. */
  manifests: string[];
};

/** Finds a blob that a manifest of the repository lists as a layer or an index lists. Null for any other blob. */
export async function getLayer(
  app: { db: Db },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<LayerView | null> {
  const rows = await app.db.manifestBlob.findMany({
    where: { repositoryId, digest, kind: { in: ['layer', 'child'] } },
    orderBy: [{ manifestId: 'desc' }, { position: 'asc' }],
    take: MAX_PARENTS,
    select: { mediaType: true, sizeBytes: true, manifest: { select: { digest: true } } },
  });
  const [first] = rows;
  if (!first) return null;
  const manifests = [...new Set(rows.map(({ manifest }) => manifest.digest))];
  return { digest, mediaType: first.mediaType, sizeBytes: Number(first.sizeBytes), manifests };
}

export type TagEventView = {
  fromDigest: string | null;
  toDigest: string | null;
  at: Date;
  /** Whether the repository has the manifest of `toDigest`, and that of `fromDigest`. */
  isHere: boolean;
  isFromHere: boolean;
};

/** A tag's history, newest first. Only members may learn who moved it. */
export async function listTagEvents(
  app: { db: Db },
  { repositoryId, tag, offset, limit }: { repositoryId: bigint; tag: string; offset: number; limit: number },
): Promise<{ events: TagEventView[]; total: number }> {
  const where = { repositoryId, tag };
  const [rows, total] = await Promise.all([
    app.db.tagEvent.findMany({
      where,
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      skip: offset,
      take: limit,
      select: { fromDigest: true, toDigest: true, at: true },
    }),
    app.db.tagEvent.count({ where }),
  ]);
  const digests = rows
    .flatMap(({ fromDigest, toDigest }) => [fromDigest, toDigest])
    .filter((digest) => digest !== null);
  const here = await findPresentManifests(app, { repositoryId, digests: [...new Set(digests)] });
  const isHere = (digest: string | null) => digest !== null && here.has(digest);
  const events = rows.map((row) => ({ ...row, isHere: isHere(row.toDigest), isFromHere: isHere(row.fromDigest) }));
  return { events, total };
}

// One manifest and what stands around it, as the public pages show it. Who may see a repository is decided before these are
// asked, and nothing outside of that repository is ever looked at: knowing a digest is no right.
import type pg from 'pg';
import type { Manifest } from '#lib/oci/manifest.ts';
import { manifestKind } from '#lib/oci/media-types.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { isSmall, readDocument, type DocumentInput } from '#lib/images/read-document.ts';

const MAX_TAGS = 50;
const MAX_PARENTS = 20;
/** Of a document that is too large to be shown line by line. */
const MAX_TEXT_BYTES = 20_000;

export type ManifestView = {
  digest: string;
  mediaType: string;
  artifactType: string | null;
  isIndex: boolean;
  /** Of the document itself. */
  sizeBytes: number;
  /** Of everything that hangs below it and is here, compressed. */
  contentBytes: number;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  imageCreatedAt: Date | null;
  pushedAt: Date;
  subjectDigest: string | null;
  /** The document as it was pushed; of a large one, how it begins. */
  text: string;
  /** Of its lists, the first 250. Null: not to be read now, or by the rules of this version. */
  manifest: Manifest | null;
  /** The newest of `tagCount`. */
  tags: string[];
  tagCount: number;
  /** Digests of the indexes that list it. */
  parents: string[];
};

/** Null where the repository has no such manifest. */
export async function getManifest(
  app: { db: Db; pool: pg.Pool; offload: Offload },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<ManifestView | null> {
  const ofTags = { manifest: { repositoryId, digest } };
  const [row, payload, tags, tagCount, parents] = await Promise.all([
    app.db.manifest.findUnique({
      where: { repositoryId_digest: { repositoryId, digest } },
      omit: { payload: true, annotations: true },
    }),
    readPayload(app, { repositoryId, digest }),
    // On their own: as parts of the first query they would be counted over every tag of the gallery, and all be read.
    app.db.tag.findMany({ where: ofTags, select: { name: true }, orderBy: { pushedAt: 'desc' }, take: MAX_TAGS }),
    app.db.tag.count({ where: ofTags }),
    app.db.manifestChild.findMany({
      where: { digest, parent: { repositoryId } },
      orderBy: { parentId: 'desc' },
      distinct: ['parentId'],
      take: MAX_PARENTS,
      select: { parent: { select: { digest: true } } },
    }),
  ]);
  if (!row || !payload) return null;
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
    isIndex: manifestKind(mediaType) === 'index',
    sizeBytes: row.sizeBytes,
    contentBytes: Number(row.contentBytes),
    text: payload.toString('utf8', 0, isSmall(payload) ? payload.length : MAX_TEXT_BYTES),
    manifest: await readShown(app, { bytes: payload, type: mediaType, key: `repository ${repositoryId}` }),
    tags: tags.map(({ name }) => name),
    tagCount,
    parents: parents.map(({ parent }) => parent.digest),
  };
}

/** By the pool: Prisma makes several copies of it on the event loop. */
async function readPayload(
  { pool }: { pool: pg.Pool },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<Buffer | undefined> {
  const { rows } = await pool.query<{ payload: Buffer }>({
    name: 'read-manifest-payload',
    text: 'SELECT payload FROM manifests WHERE repository_id = $1 AND digest = $2',
    values: [repositoryId, digest],
  });
  return rows[0]?.payload;
}

async function readShown(app: { offload: Offload }, input: DocumentInput): Promise<Manifest | null> {
  try {
    return await readDocument(app, 'shown', input);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

/** Of these, what the repository has as a manifest, with the compressed bytes of what it names. */
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

/** Of these, the blobs whose bytes are here for this repository: of a mirror the others come when they are asked for. */
export async function findPresentBlobs(
  app: { db: Db },
  { repositoryId, digests }: { repositoryId: bigint; digests: string[] },
): Promise<Set<string>> {
  const rows = await app.db.repositoryBlob.findMany({
    where: { repositoryId, digest: { in: digests } },
    select: { digest: true },
  });
  return new Set(rows.map(({ digest }) => digest));
}

export type LayerView = {
  digest: string;
  mediaType: string;
  sizeBytes: number;
  /** Digests of manifests that have it, a few of them. */
  manifests: string[];
};

/** A blob that some manifest of the repository names as a layer, or an index lists; null for any other. */
export async function getLayer(
  app: { db: Db },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<LayerView | null> {
  const rows = await app.db.manifestBlob.findMany({
    where: { digest, kind: { in: ['layer', 'child'] }, manifest: { repositoryId } },
    orderBy: [{ manifestId: 'desc' }, { position: 'asc' }],
    take: MAX_PARENTS,
    select: { mediaType: true, sizeBytes: true, manifest: { select: { digest: true } } },
  });
  const [first] = rows;
  if (!first) return null;
  const manifests = [...new Set(rows.map(({ manifest }) => manifest.digest))];
  return { digest, mediaType: first.mediaType, sizeBytes: Number(first.sizeBytes), manifests };
}

export type TagEventView = { fromDigest: string | null; toDigest: string | null; at: Date; isHere: boolean };

/** Where a tag has pointed, the newest first. Not who moved it: that is for the registry's members. */
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
  const digests = rows.flatMap(({ toDigest }) => toDigest ?? []);
  const here = await findPresentManifests(app, { repositoryId, digests });
  const events = rows.map((row) => ({ ...row, isHere: row.toDigest !== null && here.has(row.toDigest) }));
  return { events, total };
}

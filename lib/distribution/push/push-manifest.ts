import { createHash } from 'node:crypto';
import type pg from 'pg';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { openBytes, type BlobStore, type OpenBlob } from '#lib/blobs/blob-store.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { fromTextList, type ManifestRows } from '#lib/images/manifest-rows.ts';
import { readDocument } from '#lib/images/read-document.ts';
import { NO_IMAGE_FACTS, type ImageFacts } from '#lib/images/read-image-config.ts';
import { isSchema1 } from '#lib/images/schema-1/read-pushed-schema-1.ts';
import { blobsUnknown, recordManifest } from '#lib/images/record-manifest.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { digestAlgorithm, toDigest, type Digest } from '#lib/oci/digest.ts';
import { isImageConfig } from '#lib/oci/media-types.ts';
import type { Reference } from '#lib/oci/reference.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import type { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import type { RecentLinks } from './recent-links.ts';
import { ensureRepository, isNotYet, type CreatingApp } from './ensure-repository.ts';
import { forgetTag } from '#lib/distribution/pull/pull-manifest.ts';
import { openStoredBlob, type LinkedBlob } from '#lib/distribution/pull/open-stored-blob.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export type PushManifestInput = {
  caller: UserCaller;
  repository: FoundRepository;
  reference: Reference;
  /** Additional tags for a manifest pushed by digest. */
  tags: string[];
  contentType: string;
  payload: Buffer;
  /** False: every manifest that an index lists must exist. By default, an index may be sparse. */
  mayLackChildren?: boolean;
  /** The registry that replicated it to here. */
  origin?: string | null;
};

export type PushedManifest = { digest: Digest; subject: Digest | null };

/** The parts of App that storing a manifest uses. */
export type PushApp = CreatingApp & {
  pool: pg.Pool;
  recordMutex: KeyedMutex<bigint>;
  recentLinks: RecentLinks;
  pullCache: PullCache;
  blobs: BlobStore;
  volume: Volume;
  log: Log;
  offload: Offload;
  counts: { pushes: { manifests: number } };
  config: Pick<DistributionConfig, 'takesSparseImages' | 'takesUnsignedSchema1'>;
};

/**
 * Stores a manifest, and creates the repository on its first push.
 * @throws AppError `manifest_invalid`, `digest_mismatch` or `manifest_blob_unknown`, with nothing stored
 */
export async function pushManifest(app: PushApp, input: PushManifestInput): Promise<PushedManifest> {
  const { caller, reference, payload, mayLackChildren, origin = null } = input;
  const key = caller.principal.userId;
  const { digest, rows, facts: statedFacts } = await readPushed(app, input);
  // Manifests are stored in the database. It may share the disk, which pushes must not fill either.
  app.volume.requireRoom(payload.length);
  // A missing repository has no blobs, so don't create it for a manifest that needs some.
  const needed = fromTextList(rows.neededDigests);
  if (isNotYet(input.repository) && needed.length > 0) throw blobsUnknown(fromTextList(rows.blobDigests));

  const repository = await ensureRepository(app, { caller, repository: input.repository });
  const facts = statedFacts ?? (await readFacts(app, repository, rows, key));
  const tags = reference.kind === 'tag' ? [reference.tag] : [...new Set(input.tags)];
  const mayLackLayers = app.config.takesSparseImages;
  const lacks = { mayLackLayers, ...(mayLackChildren !== undefined && { mayLackChildren }) };
  try {
    await recordManifest(app, { caller, repository, digest, rows, payload, facts, tags, origin, ...lacks });
  } finally {
    // Also after an error, because the database may have committed before the connection was lost.
    for (const tag of tags) forgetTag(app, repository.id, tag);
  }
  app.counts.pushes.manifests += 1;
  return { digest, subject: rows.subject };
}

/** `facts` null: they are in the config. */
type ReadManifest = { digest: Digest; rows: ManifestRows; facts: ImageFacts | null };

/** @throws AppError `manifest_invalid`, `manifest_unverified`, `digest_mismatch` */
async function readPushed(
  app: PushApp,
  { caller, reference, contentType, payload }: PushManifestInput,
): Promise<ReadManifest> {
  const key = caller.principal.userId;
  if (isSchema1(payload, contentType)) return readSchema1(app, { reference, payload, key });
  const digest = checkDigest(reference, payload);
  const read = await readDocument(app, 'pushed', { bytes: payload, type: contentType, key });
  if ('problem' in read) throw new AppError('manifest_invalid', read.problem);
  return { digest, rows: read.rows, facts: null };
}

/** Its digest is that of what is signed, without the signatures. */
async function readSchema1(
  app: PushApp,
  { reference, payload, key }: { reference: Reference; payload: Buffer; key: string },
): Promise<ReadManifest> {
  const kind = app.config.takesUnsignedSchema1 ? 'unsignedSchema1' : 'schema1';
  const read = await readDocument(app, kind, { bytes: payload, key });
  if ('problem' in read)
    throw new AppError(read.isUnverified ? 'manifest_unverified' : 'manifest_invalid', read.problem);
  if (reference.kind === 'digest' && reference.digest !== read.digest)
    throw digestMismatch(reference.digest, read.digest);
  return read;
}

/** Hashes with SHA-256 for a tag, and with the digest's own algorithm for a digest. */
function checkDigest(reference: Reference, payload: Buffer): Digest {
  const algorithm = reference.kind === 'digest' ? digestAlgorithm(reference.digest) : 'sha256';
  const actual = toDigest(algorithm, createHash(algorithm).update(payload).digest('hex'));
  if (reference.kind === 'digest' && reference.digest !== actual) {
    throw digestMismatch(reference.digest, actual);
  }
  return actual;
}

function digestMismatch(expected: Digest, actual: Digest): AppError {
  return new AppError('digest_mismatch', "The digest doesn't match the manifest.", { detail: { expected, actual } });
}

/**
 * Reads facts from the image config. Ignores a missing config, because recordManifest then refuses the manifest and
 * lists all missing blobs. Checks the link before the file, so that timing doesn't reveal whether another repository
 * has the blob.
 */
async function readFacts(
  app: PushApp,
  repository: FoundRepository,
  { config }: ManifestRows,
  key: string,
): Promise<ImageFacts> {
  if (!config || !isImageConfig(config.mediaType)) return NO_IMAGE_FACTS;
  try {
    const blob = await openLinkedBlob(app, { repositoryId: repository.id, digest: config.digest });
    const bytes = await readBlob(blob, MAX_CONFIG_BYTES);
    return bytes ? await readDocument(app, 'facts', { bytes, key }) : NO_IMAGE_FACTS;
  } catch (error) {
    if (isAppError(error) && error.code === 'blob_not_found') return NO_IMAGE_FACTS;
    throw error;
  }
}

async function openLinkedBlob(app: PushApp, of: LinkedBlob): Promise<OpenBlob> {
  const key = app.recentLinks.find(of);
  const blob = key && (await openBytes(app.blobs, key));
  return blob ?? openStoredBlob(app, of);
}

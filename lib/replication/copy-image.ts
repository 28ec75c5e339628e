import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { openStoredBlob } from '#lib/distribution/pull/open-stored-blob.ts';
import { readStoredManifest } from '#lib/distribution/pull/read-stored-manifest.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { ORIGIN_HEADER } from '#lib/oci/facts/origin.ts';
import { readOciError, type RegistryClient } from './client/registry-client.ts';
import { uploadBlob } from './client/upload-blob.ts';
import { findReplicatedSibling, listOwnReferrers, listStoredBlobs, listStoredChildren } from './content.sql.ts';

export type CopyApp = { pool: pg.Pool; pullCache: PullCache; blobs: BlobStore; log: Log };

export type ImageCopy = {
  client: RegistryClient;
  repositoryId: bigint;
  destinationId: bigint;
  /** Precedes the names of repositories there. */
  namespace: string;
  digest: string;
  /** Null: only the image by its digest. */
  tag: string | null;
  /** Named to the destination, which doesn't replicate the image again. */
  origin: string;
  maxBytesPerSecond: number | null;
  resume: { digest: string; url: string } | null;
  onUpload: (upload: { digest: string; url: URL }) => Promise<void>;
  /** Whether the tag still points to this image, and this process still holds the task. */
  isCurrent: () => Promise<boolean>;
};

/** `tag-immutable`: the image has arrived, but its tag there belongs to another one. */
export type CopyOutcome = 'copied' | 'outdated' | 'tag-immutable';

/** Indexes may nest, and referrers may have referrers. */
const MAX_DEPTH = 8;

/**
 * Copies an image to another registry: blobs, then manifests from the innermost out, then referrers, and the tag last.
 * @throws AppError `manifest_not_found`, or as RegistryClient.send
 */
export async function copyImage(app: CopyApp, copy: ImageCopy): Promise<CopyOutcome> {
  const seen = new Set<string>();
  await copyManifest(app, copy, { digest: copy.digest, depth: 0, seen });
  if (copy.tag === null) return 'copied';
  await copyReferrers(app, copy, { digest: copy.digest, depth: 0, seen });
  const { client, tag, digest } = copy;
  const existing = await client.findManifest(tag);
  if (existing?.digest === digest) return 'copied';
  if (!(await copy.isCurrent())) return 'outdated';
  const response = await putManifest(app, copy, { digest, reference: tag });
  if (response.status === 201) return 'copied';
  const isTaken = existing !== null && [400, 409, 412].includes(response.status);
  if (isTaken) return 'tag-immutable';
  throw refused(response);
}

type Step = { digest: string; depth: number; seen: Set<string> };

async function copyManifest(app: CopyApp, copy: ImageCopy, { digest, depth, seen }: Step): Promise<void> {
  if (seen.has(digest)) return;
  seen.add(digest);
  if (depth > MAX_DEPTH) throw new AppError('manifest_invalid', 'The image is nested too deeply to replicate.');
  const { client, repositoryId } = copy;
  if ((await client.findManifest(digest)) !== null) return;
  for (const blob of await listStoredBlobs(app, { repositoryId, digest })) await copyBlob(app, copy, blob);
  for (const child of await listStoredChildren(app, { repositoryId, digest })) {
    await copyManifest(app, copy, { digest: child, depth: depth + 1, seen });
  }
  const response = await putManifest(app, copy, { digest, reference: digest });
  if (response.status !== 201) throw refused(response);
}

async function copyReferrers(app: CopyApp, copy: ImageCopy, { digest, depth, seen }: Step): Promise<void> {
  if (depth > MAX_DEPTH) return;
  for (const referrer of await listOwnReferrers(app, { repositoryId: copy.repositoryId, digest })) {
    if (seen.has(referrer)) continue;
    await copyManifest(app, copy, { digest: referrer, depth: 0, seen });
    await copyReferrers(app, copy, { digest: referrer, depth: depth + 1, seen });
  }
}

async function copyBlob(app: CopyApp, copy: ImageCopy, text: string): Promise<void> {
  const { client, repositoryId, destinationId, namespace, resume, maxBytesPerSecond } = copy;
  const digest = parseDigest(text);
  if (!digest) throw new AppError('digest_invalid', `${text} is not a digest.`);
  const sibling = await findReplicatedSibling(app, { repositoryId, digest, destinationId });
  await uploadBlob({
    client,
    digest,
    mountFrom: sibling === null ? null : inNamespace(namespace, sibling),
    resumeAt: resume?.digest === digest ? resume.url : null,
    open: () => openStoredBlob(app, { repositoryId, digest }),
    onProgress: (url) => copy.onUpload({ digest, url }),
    maxBytesPerSecond,
  });
}

export function inNamespace(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

async function putManifest(
  app: CopyApp,
  { client, repositoryId, origin }: ImageCopy,
  { digest: text, reference }: { digest: string; reference: string },
) {
  const digest = parseDigest(text);
  if (!digest) throw new AppError('digest_invalid', `${text} is not a digest.`);
  const stored = await readStoredManifest(app, { repositoryId, reference: { kind: 'digest', digest } });
  return client.send({
    method: 'PUT',
    path: `manifests/${reference}`,
    headers: { 'content-type': stored.mediaType, [ORIGIN_HEADER]: origin },
    body: stored.payload,
  });
}

function refused(response: Parameters<typeof readOciError>[0]): AppError {
  const error = readOciError(response);
  const why = error ? `${error.code}: ${error.message}` : `status ${response.status}`;
  return new AppError('upstream_invalid', `The destination refused the image (${why}).`);
}

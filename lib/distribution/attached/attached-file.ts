import { readBlob } from '#lib/blobs/read-blob.ts';
import { openReadableBlob } from '#lib/distribution/pull/open-readable-blob.ts';
import type { MirroredBlobApp } from '#lib/distribution/pull/mirrored/pull-mirrored-blob.ts';
import { getLayer } from '#lib/gallery/manifest-queries.ts';
import { digestHex, type Digest } from '#lib/oci/digest.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { MAX_DOCUMENT_BYTES } from './read-attached.ts';

/** `mediaType` is one that browsers neither run nor show as a page. */
export type AttachedFile = { bytes: Buffer; mediaType: string; name: string };

type Input = {
  /** One that the caller may pull from. */
  repository: FoundRepository;
  digest: Digest;
};

/**
 * Reads a layer of the repository for a download. Null if no manifest lists it, or if it is too large.
 * @throws AppError as openReadableBlob
 */
export async function attachedFile(app: MirroredBlobApp, { repository, digest }: Input): Promise<AttachedFile | null> {
  const layer = await getLayer(app, { repositoryId: repository.id, digest });
  if (!layer || layer.sizeBytes > MAX_DOCUMENT_BYTES) return null;
  const { blob } = await openReadableBlob(app, { repository, digest });
  const bytes = await readBlob(blob, MAX_DOCUMENT_BYTES);
  if (!bytes) return null;
  const isJson = /[/+]json$/.test(layer.mediaType);
  const leaf = repository.name.slice(repository.name.lastIndexOf('/') + 1);
  return {
    bytes,
    mediaType: isJson ? 'application/json' : 'application/octet-stream',
    name: `${leaf}-${digestHex(digest).slice(0, 12)}.${isJson ? 'json' : 'bin'}`,
  };
}

import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { openLocalOrUpstream, type MirroredBlobApp } from './mirrored/pull-mirrored-blob.ts';
import { openStoredBlob } from './open-stored-blob.ts';

type Input = { repository: FoundRepository; digest: Digest };

export type ReadableBlob = {
  blob: OpenBlob;
  /** False: the blob is still arriving from an upstream, so its digest is unverified until the end. */
  isStored: boolean;
};

/**
 * Opens a blob for a page, with the rules of a pull; the caller closes it. Fetches a mirrored blob from its upstream,
 * unless the repository is in quarantine.
 * @throws AppError `blob_not_found`, `upstream_*`
 */
export async function openReadableBlob(app: MirroredBlobApp, { repository, digest }: Input): Promise<ReadableBlob> {
  if (isMirrored(repository) && repository.quarantineReason === null) {
    const { blob, isLocal } = await openLocalOrUpstream(app, { repository, digest });
    return { blob, isStored: isLocal };
  }
  return { blob: await openStoredBlob(app, { repositoryId: repository.id, digest }), isStored: true };
}

// Every file of the disk store:
//
//   DATA_DIR/
//     blobs/sha256/ab/abcdef…     one file per blob of the site's scope, in a folder named by its first two digits
//     blobs/site-id               whose blobs these are
//     uploads/UUID                one file per open upload: what has arrived so far
//
// Both are on one file system, so that a finished upload becomes a blob by a rename.
import { join } from 'node:path';
import type { BlobKey, KeyScope } from '#lib/blobs/blob-store.ts';
import { isUploadId } from '#lib/blobs/staging-area.ts';
import { digestAlgorithm, digestHex, isDigest } from '#lib/oci/digest.ts';

const SCOPE_FOLDERS: Record<KeyScope, string> = { site: 'sha256' };

/** The folder of the site's scope. */
export function blobsDir(dataDir: string): string {
  return join(dataDir, 'blobs', SCOPE_FOLDERS.site);
}

export function uploadsDir(dataDir: string): string {
  return join(dataDir, 'uploads');
}

/** Builds paths from checked hexadecimal digits only. */
export function blobPath(dataDir: string, { sha256, scope }: BlobKey): string {
  if (!isDigest(sha256) || digestAlgorithm(sha256) !== 'sha256') throw new TypeError('A blob is stored by its SHA-256');
  const hex = digestHex(sha256);
  return join(dataDir, 'blobs', SCOPE_FOLDERS[scope], hex.slice(0, 2), hex);
}

export function uploadPath(dataDir: string, id: string): string {
  if (!isUploadId(id)) throw new TypeError('The id of an upload is a UUID');
  return join(uploadsDir(dataDir), id);
}

// Layout of the disk store:
//
//   DATA_DIR/
//     blobs/sha256/ab/abcdef…     one file per unsealed blob, in a folder named by its first two digits
//     blobs/sealed/ab/abcdef…     one file per sealed blob (sealed/seal-format.ts), named by the digest of its plain bytes
//     blobs/keys/key-…/ab/…       sealed blobs of repositories that chose a key, in a folder for each key
//     blobs/site-id               id of the site that owns the blobs
//     uploads/UUID                one file per open upload, with the bytes received so far
//
// Both folders are on one file system, so that a rename turns a finished upload into a blob.
import { isOwnScope, type KeyScope } from '#lib/platform/key-scope.ts';
import { join } from 'node:path';
import type { BlobKey } from '#lib/blobs/blob-store.ts';
import { isUploadId } from '#lib/blobs/staging-area.ts';
import { digestAlgorithm, digestHex, isDigest } from '#lib/oci/digest.ts';

/** Holds a folder for each scope of a repository's key. */
export function keysDir(dataDir: string): string {
  return join(dataDir, 'blobs', 'keys');
}

/** Returns the blob folder of a scope. */
export function blobsDir(dataDir: string, scope: KeyScope = 'site'): string {
  if (scope === 'site') return join(dataDir, 'blobs', 'sha256');
  if (scope === 'sealed') return join(dataDir, 'blobs', 'sealed');
  if (!isOwnScope(scope)) throw new TypeError('A scope is named by hexadecimal digits');
  return join(keysDir(dataDir), scope);
}

export function uploadsDir(dataDir: string): string {
  return join(dataDir, 'uploads');
}

/** Builds a path from validated hexadecimal digits only. */
export function blobPath(dataDir: string, { sha256, scope }: BlobKey): string {
  if (!isDigest(sha256) || digestAlgorithm(sha256) !== 'sha256') throw new TypeError('A blob is stored by its SHA-256');
  const hex = digestHex(sha256);
  return join(blobsDir(dataDir, scope), hex.slice(0, 2), hex);
}

export function uploadPath(dataDir: string, id: string): string {
  if (!isUploadId(id)) throw new TypeError('The id of an upload is a UUID');
  return join(uploadsDir(dataDir), id);
}

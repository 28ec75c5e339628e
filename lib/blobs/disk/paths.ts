// Every file of the disk store:
//
//   DATA_DIR/
//     blobs/sha256/ab/abcdef…     one file a blob, named by all 64 digits, in a folder named by the first two
//     blobs/site-id               whose blobs these are
//     uploads/UUID                one file an open upload: what came so far
//
// Both are on one filesystem, so that a finished upload becomes a blob by a rename.
import { join } from 'node:path';
import { digestAlgorithm, digestHex, isDigest, type Digest } from '#lib/oci/digest.ts';

const UPLOAD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

export function blobsDir(dataDir: string): string {
  return join(dataDir, 'blobs', 'sha256');
}

export function uploadsDir(dataDir: string): string {
  return join(dataDir, 'uploads');
}

/** No path is ever made from anything but checked hexadecimal digits. */
export function blobPath(dataDir: string, sha256: Digest): string {
  if (!isDigest(sha256) || digestAlgorithm(sha256) !== 'sha256') throw new TypeError('A blob is stored by its SHA-256');
  const hex = digestHex(sha256);
  return join(blobsDir(dataDir), hex.slice(0, 2), hex);
}

export function uploadPath(dataDir: string, id: string): string {
  if (!isUploadId(id)) throw new TypeError('The id of an upload is a UUID');
  return join(uploadsDir(dataDir), id);
}

// Names of objects, below S3_PREFIX:
//
//   site-id               id of the site that owns the bucket
//   blobs/ab/UUID         a blob that fits in one part, or the end of an upload, by the id it was staged under
//   blobs/ab/UUID.parts   a blob of several parts
//
// The rows of blob_objects and staged_objects name the objects in use. The two kinds differ in name, so that a late
// writer of an upload that was taken over can't overwrite a blob.
import { isUploadId } from '#lib/blobs/staging-area.ts';

export const BLOBS_FOLDER = 'blobs/';
export const SITE_KEY = 'site-id';
export const PROBE_KEY = 'write-test';

export function objectKeyOf(stagedId: string): string {
  if (!isUploadId(stagedId)) throw new TypeError('The id of an upload is a UUID');
  return `${BLOBS_FOLDER}${stagedId.slice(0, 2)}/${stagedId}`;
}

export function partsKeyOf(stagedId: string): string {
  return `${objectKeyOf(stagedId)}.parts`;
}

// Names of objects, below S3_PREFIX:
//
//   site-id               id of the site that owns the bucket
//   blobs/ab/UUID         a blob that fits in one part, or the end of an upload
//   blobs/ab/UUID.parts   a blob of several parts
//
// Each upload has a UUID of its own for them (staged_objects.object_id). The rows of blob_objects and staged_objects name
// the objects in use. The two kinds differ in name, so that a late writer of an upload that was taken over can't overwrite
// a blob.

export const BLOBS_FOLDER = 'blobs/';
export const SITE_KEY = 'site-id';
export const PROBE_KEY = 'write-test';

export function objectKeyOf(objectId: string): string {
  return `${BLOBS_FOLDER}${objectId.slice(0, 2)}/${objectId}`;
}

export function partsKeyOf(objectId: string): string {
  return `${objectKeyOf(objectId)}.parts`;
}

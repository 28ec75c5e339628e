// Names of objects, below S3_PREFIX:
//
//   site-id               id of the site that owns the bucket
//   blobs/ab/UUID         a blob that fits in one part, or the end of an upload
//   blobs/ab/UUID.parts   a blob of several parts
//
// The UUID is random for each write, and for the parts of each upload (staged_objects.object_id), so that a late write
// can't overwrite a blob. The rows of blob_objects and staged_objects name the objects in use.

export const BLOBS_FOLDER = 'blobs/';
export const SITE_KEY = 'site-id';
export const PROBE_KEY = 'write-test';

export function objectKeyOf(id: string): string {
  return `${BLOBS_FOLDER}${id.slice(0, 2)}/${id}`;
}

export function partsKeyOf(objectId: string): string {
  return `${objectKeyOf(objectId)}.parts`;
}

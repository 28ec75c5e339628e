import type { Readable } from 'node:stream';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import type { Db } from '#lib/platform/db.ts';
import { findUpload, type UploadKey } from './find-upload.ts';
import { uploadExpiry } from './start-upload.ts';

export type AppendUploadInput = UploadKey & {
  body: Readable;
  /** Where the client says the bytes belong; null: at the end. */
  contentRange: ByteRange | null;
};

/** Adds bytes to an upload and answers how many it holds. What came before a client went away is kept. */
export async function appendUpload(app: { db: Db; blobs: BlobStore }, input: AppendUploadInput): Promise<number> {
  const { body, contentRange, uploadId } = input;
  await findUpload(app, input);
  const offsetBytes = await app.blobs.append(uploadId, body, {
    offsetBytes: contentRange?.start ?? null,
    expectedBytes: contentRange ? contentRange.end - contentRange.start + 1 : null,
  });
  await app.db.upload.updateMany({
    where: { id: uploadId },
    data: { offsetBytes, expiresAt: uploadExpiry() },
  });
  return offsetBytes;
}

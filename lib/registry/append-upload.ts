import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import type { Config } from '#lib/platform/config.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { cancelUpload } from './cancel-upload.ts';
import { findUpload, type UploadKey } from './find-upload.ts';
import { keepUpload } from './upload-rows.ts';

/** The bytes of one request, and what the client says of them. */
export type UploadBytes = UploadKey & {
  body: Readable;
  /** Where the client says the bytes belong; null: at the end. */
  contentRange: ByteRange | null;
  /** How many bytes the client says will come; null: it did not say. */
  announcedBytes: number | null;
};

type App = { pool: pg.Pool; blobs: BlobStore; config: Config };

/** Adds bytes to an upload that goes on, and answers how many it holds. */
export async function appendUpload(app: App, input: UploadBytes): Promise<number> {
  const offsetBytes = await receiveBytes(app, input);
  await keepUpload(app, { id: input.uploadId, offsetBytes });
  return offsetBytes;
}

/**
 * Puts bytes into the staged file and answers how many it holds. What came before a client went away is kept.
 * @throws AppError `too_large`, and then the upload is gone
 */
export async function receiveBytes(app: App, input: UploadBytes): Promise<number> {
  const { body, contentRange, uploadId, announcedBytes } = input;
  const { offsetBytes: heldBytes } = await findUpload(app, input);
  const { maxBlobBytes } = app.config;
  try {
    checkBlobSize(app, heldBytes + (announcedBytes ?? 0));
    return await app.blobs.append(uploadId, body, {
      offsetBytes: contentRange?.start ?? null,
      expectedBytes: contentRange ? contentRange.end - contentRange.start + 1 : null,
      maxBytes: maxBlobBytes,
    });
  } catch (error) {
    // There is no way on: the next byte would be one too many, too.
    if (isAppError(error) && error.code === 'too_large') await cancelUpload(app, input);
    throw error;
  }
}

/** @throws AppError `too_large` */
export function checkBlobSize({ config }: { config: Config }, sizeBytes: number): void {
  if (sizeBytes <= config.maxBlobBytes) return;
  throw new AppError('too_large', `A blob may have at most ${config.maxBlobBytes} bytes here.`);
}

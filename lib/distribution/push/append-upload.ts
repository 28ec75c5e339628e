import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { AppendOptions, Intake } from '#lib/blobs/intake.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { endFailedWrite } from './end-failed-write.ts';
import type { OpenUpload } from './find-upload.ts';
import type { QuotaClaim, RegistryQuotas } from './registry-quotas.ts';
import { keepUpload, toWriter } from './upload-rows.sql.ts';
import { writeUpload, type UploadWrite } from './write-upload.ts';

/** One request's bytes, as the client announced them. */
export type UploadBytes = OpenUpload & {
  body: Readable;
  /** From Content-Range. Null: append. */
  contentRange: ByteRange | null;
  /** From Content-Length. Null: unknown. */
  announcedBytes: number | null;
};

type App = { db: Db; pool: pg.Pool; intake: Intake; quotas: RegistryQuotas; config: DistributionConfig };

/**
 * Appends bytes to an open upload and returns its new size. If the client disconnects, the received bytes are kept.
 * @throws AppError `too_large` or `quota_exceeded`, which end the upload; `range_invalid` when another request writes
 *   to it
 */
export async function appendUpload(app: App, input: UploadBytes): Promise<number> {
  return writeUpload(app, toUploadWrite(input), async (lease) => {
    const claim = app.quotas.open(input.quota, null);
    try {
      const options = await toAppendOptions(app, input, claim);
      const offsetBytes = await app.intake.append(
        { ...toWriter(lease), scope: input.repository.keyScope },
        input.body,
        options,
      );
      if (await keepUpload(app, { lease, offsetBytes })) return offsetBytes;
      throw new AppError(
        'range_invalid',
        'Another request has taken over this upload. Get its Range and resume from there.',
      );
    } catch (error) {
      await endFailedWrite(app, lease, error);
      throw error;
    } finally {
      claim?.end(true);
    }
  });
}

export function toUploadWrite(bytes: UploadBytes): UploadWrite {
  const { caller, repository, uploadId, stagedId, lease, body, contentRange, announcedBytes } = bytes;
  const owner = { userId: caller.principal.userId, repositoryId: repository.id };
  return { uploadId, ...owner, stagedId, lease, body, isPlaced: contentRange !== null || announcedBytes === 0 };
}

/**
 * Converts what the client announced to options for appending. Claims quota up front if the size is known, otherwise as
 * bytes arrive.
 * @throws AppError `quota_exceeded`
 */
export async function toAppendOptions(
  { config }: { config: DistributionConfig },
  { contentRange, announcedBytes }: Pick<UploadBytes, 'contentRange' | 'announcedBytes'>,
  claim: QuotaClaim | null,
): Promise<AppendOptions> {
  const expectedBytes = contentRange ? contentRange.end - contentRange.start + 1 : null;
  const comingBytes = announcedBytes ?? expectedBytes;
  const isTooLarge = comingBytes !== null && comingBytes > config.maxBlobBytes;
  if (claim && comingBytes && !isTooLarge) await claim.take(comingBytes);
  return {
    offsetBytes: contentRange?.start ?? null,
    expectedBytes,
    announcedBytes,
    maxBytes: config.maxBlobBytes,
    ...(claim && comingBytes === null && { claim: claim.take }),
  };
}

/** @throws AppError `too_large` */
export function checkBlobSize({ config }: { config: DistributionConfig }, sizeBytes: number): void {
  if (sizeBytes <= config.maxBlobBytes) return;
  throw new AppError('too_large', `A blob can have at most ${config.maxBlobBytes} bytes.`);
}

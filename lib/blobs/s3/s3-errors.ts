import { AppError, isAppError } from '#lib/platform/errors.ts';

const MIN_RETRY_SECONDS = 3;
/** Clients that failed together shouldn't come back together. */
const RETRY_SPREAD_SECONDS = 8;
const FULL = new Set(['InsufficientStorage', 'QuotaExceeded', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded']);

type ServiceError = { name: string; $metadata?: { httpStatusCode?: number } };

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && '$metadata' in error;
}

/** Returns the status of an answer that reported an error, or null for anything else. */
export function statusOf(error: unknown): number | null {
  return isServiceError(error) ? (error.$metadata?.httpStatusCode ?? null) : null;
}

export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The multipart upload was completed or aborted. */
function isUploadGone(error: unknown): boolean {
  return isServiceError(error) && error.name === 'NoSuchUpload';
}

/** The object changed, or it exists although it should not. */
export function isConditionFailed(error: unknown): boolean {
  return statusOf(error) === 412 || statusOf(error) === 409;
}

/** Translates an error of the S3 client to an AppError. The client has already retried what may succeed. */
export function toBucketError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (isUploadGone(error)) return uploadLost(error);
  const status = statusOf(error);
  if (status === 507 || (isServiceError(error) && FULL.has(error.name))) {
    const sentence = "This site's storage is full. Pulls still work. Ask the operator to free some space.";
    return new AppError('storage_full', sentence, { cause: error });
  }
  if (status !== null && status >= 400 && status < 500 && status !== 429 && status !== 408) {
    return new AppError('unavailable', "This site's storage is not available.", { cause: error });
  }
  return storageBusy(error);
}

export function uploadLost(cause?: unknown): AppError {
  return new AppError('upload_not_found', "The upload can't be continued. Send the blob again.", { cause });
}

export function storageBusy(cause?: unknown): AppError {
  const retryAfterSeconds = MIN_RETRY_SECONDS + Math.floor(Math.random() * RETRY_SPREAD_SECONDS);
  const sentence = "This site's storage is overloaded or unreachable. Try again in a few seconds.";
  return new AppError('unavailable', sentence, { cause, retryAfterSeconds });
}

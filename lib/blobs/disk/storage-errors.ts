import { AppError, errorCode } from '#lib/platform/errors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const UNAVAILABLE = new Set(['EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'ENOTDIR', 'ESTALE']);

/** Translates a file system error to an AppError. Returns other errors unchanged. */
export function toStorageError(error: unknown): unknown {
  const code = errorCode(error) ?? '';
  if (FULL.has(code)) return storageFull(error);
  if (code === 'EROFS') {
    const sentence = "This site's storage is read-only at the moment. Pulls still work. Try to push again later.";
    return new AppError('unavailable', sentence, { cause: error });
  }
  if (UNAVAILABLE.has(code)) {
    return new AppError('unavailable', "This site's storage is not available.", { cause: error });
  }
  return error;
}

export function storageFull(cause?: unknown): AppError {
  const sentence = "This site's storage is full. Pulls still work. Ask the operator to free some space.";
  return new AppError('storage_full', sentence, { cause });
}

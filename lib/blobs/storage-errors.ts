import { AppError, errorCode } from '#lib/platform/errors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const UNAVAILABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'ENOTDIR', 'ESTALE']);

/** Says a fault of the disk in the words of AppError; anything else passes. */
export function toStorageError(error: unknown): unknown {
  const code = errorCode(error) ?? '';
  if (FULL.has(code)) return new AppError('storage_full', 'The storage of this registry is full.', { cause: error });
  if (UNAVAILABLE.has(code)) {
    return new AppError('unavailable', 'The storage of this registry is not available.', { cause: error });
  }
  return error;
}

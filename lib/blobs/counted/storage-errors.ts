import { isAppError } from '#lib/platform/errors.ts';

export const STORAGE_OPERATIONS = ['read', 'write', 'delete'] as const;
export type StorageOperation = (typeof STORAGE_OPERATIONS)[number];

/** Counts storage errors by operation. */
export class StorageErrors {
  readonly counts: Record<StorageOperation, number> = { read: 0, write: 0, delete: 0 };

  /** Counts the operation if it fails because of the storage. */
  watch<Result>(operation: StorageOperation, running: Promise<Result>): Promise<Result> {
    return running.catch((error: unknown) => {
      if (isStorageError(error)) this.counts[operation] += 1;
      throw error;
    });
  }
}

function isStorageError(error: unknown): boolean {
  if (!isAppError(error)) return true;
  return error.code === 'unavailable' || error.code === 'storage_full' || error.code === 'internal';
}

import { AppError, isAppError } from '#lib/platform/errors.ts';

export type KeyServiceKind = 'master' | 'kms' | 'vault';

/** A secret that a key service has encrypted. `wrappedBy` names the key: `master:2`, `kms:ARN`, `vault:MOUNT/KEY:v3`. */
export type WrappedSecret = { wrapped: Buffer; wrappedBy: string };

/** Encrypts the keys of a site. key-service.contract.ts runs against every implementation. */
export interface KeyService {
  /** What the operator calls it, with the name of its key. */
  readonly name: string;
  /**
   * Encrypts a secret of at most 256 bytes. `context` binds it to a row, such as `sealing key ID`.
   * @throws AppError `unavailable` with `retryAfterSeconds`, `key_refused`
   */
  wrap: (secret: Buffer, context: string) => Promise<WrappedSecret>;
  /** @throws AppError `unavailable`, with `retryAfterSeconds` if the service can't be reached; `key_refused` */
  unwrap: (wrapped: WrappedSecret, context: string) => Promise<Buffer>;
  /**
   * Encrypts what this service has wrapped with the newest version of its key, without revealing the secret. Resolves to the same object if
   * nothing newer exists, and to null if the secret must be unwrapped and wrapped instead.
   * @throws AppError as `unwrap`
   */
  rewrap: (wrapped: WrappedSecret, context: string) => Promise<WrappedSecret | null>;
  /** Checks that the service answers and grants what it is needed for. @throws AppError as `unwrap` */
  check: () => Promise<void>;
  close: () => void;
}

const RETRY_SECONDS = 5;

/** The service doesn't answer, so trying again may help. */
export function unreachableService(name: string, cause: unknown): AppError {
  const message = `${name} can't be reached at the moment. Try again in a few seconds.`;
  return new AppError('unavailable', message, { cause, retryAfterSeconds: RETRY_SECONDS });
}

/** The service has answered that the key can't be used. */
export function refusedKey(name: string, reason: string, cause?: unknown): AppError {
  return new AppError('key_refused', `${name} ${reason}.`, { cause });
}

/** @param context names the row, as in `wrap` */
export function alteredSecret(context: string, cause?: unknown): AppError {
  const message = `The ${context} was altered in the database, or another key protects it. Restore it from a backup.`;
  return new AppError('unavailable', message, { cause });
}

/** Whether trying again later may help. */
export function isOutage(error: unknown): boolean {
  return isAppError(error) && error.code === 'unavailable' && error.retryAfterSeconds !== undefined;
}

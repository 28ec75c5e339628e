// The error type that domains share. It is independent of HTTP: each edge maps every `ErrorCode` to its own format
// (see "How to add an error code" in CONTRIBUTING.md).

export type ErrorCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'name_invalid'
  | 'name_taken'
  | 'name_reserved'
  | 'tag_invalid'
  | 'tag_immutable'
  | 'digest_invalid'
  | 'digest_mismatch'
  | 'size_mismatch'
  | 'range_invalid'
  | 'repository_not_found'
  | 'repository_not_empty'
  | 'manifest_not_found'
  | 'manifest_archived'
  | 'manifest_invalid'
  | 'manifest_unverified'
  | 'manifest_blob_unknown'
  | 'blob_not_found'
  | 'upload_not_found'
  | 'upload_invalid'
  | 'quarantined'
  | 'not_found'
  | 'too_large'
  | 'quota_exceeded'
  | 'unsupported'
  | 'conflict'
  | 'rate_limited'
  | 'storage_full'
  | 'upstream_unavailable'
  | 'upstream_rate_limited'
  | 'upstream_denied'
  | 'upstream_invalid'
  | 'unavailable'
  | 'key_refused'
  | 'read_only'
  | 'internal';

const BRAND = Symbol.for('vitrine.AppError');

export type AppErrorOptions = {
  /** Details that are safe to show to any client. */
  detail?: unknown;
  cause?: unknown;
  retryAfterSeconds?: number;
};

/** `message` is shown to clients; `cause` is only logged. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: unknown;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Recognises AppErrors from any copy of this module, because Next loads `lib/` up to three times in one process. */
export function isAppError(error: unknown): error is AppError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** Returns the `code` of a system or database error, such as `ENOSPC`, `P2002` or `23505`. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Codes of pg (SQLSTATE classes 08, 53, 57P), Node and Prisma for an unreachable or overloaded database. */
const DATABASE_UNAVAILABLE =
  /^(?:08|53|57P)|^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$|^P(?:1001|1002|1008|1017|2024|2028|2037)$/;
const DATABASE_UNAVAILABLE_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Can't reach database server|connect ENOENT \S*\.s\.PGSQL\.|Code: `(?:08|53|57P)/;
/** NUL in text or an unpaired surrogate in JSON. The edges should already have rejected these. */
const UNSTORABLE = /^(?:22021|22P05)$/;
const UNSTORABLE_MESSAGE = /invalid byte sequence for encoding|unsupported Unicode escape sequence|22021|22P05/;
const RETRY_SECONDS = 5;

/** Converts any error to an AppError: `unavailable` if the database is down, or `internal` by default. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const message = error instanceof Error ? error.message : '';
  if (DATABASE_UNAVAILABLE.test(errorCode(error) ?? '') || DATABASE_UNAVAILABLE_MESSAGE.test(message)) {
    const sentence = 'The database is unavailable. Try again in a few seconds.';
    return new AppError('unavailable', sentence, { cause: error, retryAfterSeconds: RETRY_SECONDS });
  }
  if (UNSTORABLE.test(errorCode(error) ?? '') || UNSTORABLE_MESSAGE.test(message)) {
    return new AppError('invalid_input', "The text contains characters that can't be stored.", { cause: error });
  }
  return new AppError('internal', 'Internal error. The operator can find the cause in the log by the request id.', {
    cause: error,
  });
}

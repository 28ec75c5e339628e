// The one error type that crosses domain borders. It knows nothing of HTTP: every edge has one total map from
// `ErrorCode` to its own words (docs: CONTRIBUTING.md, "How to add an error code").

export type ErrorCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'name_invalid'
  | 'name_taken'
  | 'name_reserved'
  | 'tag_invalid'
  | 'digest_invalid'
  | 'digest_mismatch'
  | 'size_mismatch'
  | 'range_invalid'
  | 'repository_not_found'
  | 'manifest_not_found'
  | 'manifest_invalid'
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
  | 'internal';

const BRAND = Symbol.for('vitrine.AppError');

export type AppErrorOptions = {
  /** Facts that are safe to show to any client. */
  detail?: unknown;
  cause?: unknown;
  retryAfterSeconds?: number;
};

/** `message` is a sentence that a client may read; `cause` is for logs only. */
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

/** Recognises an AppError of any copy of this module: Next loads `lib/` up to three times in one process. */
export function isAppError(error: unknown): error is AppError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** The `code` of a system or database error (`ENOSPC`, `P2002`, `23505`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What pg (SQLSTATE classes 08, 53, 57P), Node and Prisma say when the database is away or overwhelmed. */
const DATABASE_AWAY =
  /^(?:08|53|57P)|^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$|^P(?:1001|1002|1008|1017|2024|2028|2037)$/;
const DATABASE_AWAY_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Can't reach database server|connect ENOENT \S*\.s\.PGSQL\./;
/** NUL in a text, half of a surrogate pair in JSON: an edge should have refused it. */
const UNSTORABLE = /^(?:22021|22P05)$/;
const UNSTORABLE_MESSAGE = /invalid byte sequence for encoding|unsupported Unicode escape sequence|22021|22P05/;
const RETRY_SECONDS = 5;

/** Any error as one that an edge has words for: its own, or that the database is away, or `internal`. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const message = error instanceof Error ? error.message : '';
  if (DATABASE_AWAY.test(errorCode(error) ?? '') || DATABASE_AWAY_MESSAGE.test(message)) {
    const sentence = 'The database is away for the moment: try again in a few seconds.';
    return new AppError('unavailable', sentence, { cause: error, retryAfterSeconds: RETRY_SECONDS });
  }
  if (UNSTORABLE.test(errorCode(error) ?? '') || UNSTORABLE_MESSAGE.test(message)) {
    return new AppError('invalid_input', 'The text has characters that cannot be stored.', { cause: error });
  }
  return new AppError('internal', 'Something went wrong on our side; the request id finds it in the log.', {
    cause: error,
  });
}

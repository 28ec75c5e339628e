import 'server-only';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { getApp } from '#lib/app.ts';

/** RFC 9457: what every error of /api/v1 looks like. */
export type Problem = { type: string; title: string; status: number; detail: string; requestId: string | null };

const STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  name_invalid: 400,
  name_taken: 409,
  name_reserved: 409,
  tag_invalid: 400,
  digest_invalid: 400,
  digest_mismatch: 400,
  size_mismatch: 400,
  range_invalid: 416,
  repository_not_found: 404,
  manifest_not_found: 404,
  manifest_invalid: 400,
  manifest_blob_unknown: 400,
  blob_not_found: 404,
  upload_not_found: 404,
  upload_invalid: 400,
  not_found: 404,
  too_large: 413,
  unsupported: 405,
  conflict: 409,
  rate_limited: 429,
  storage_full: 507,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** The answer to a failed request; what is not meant for clients goes to the log alone. */
export function problemResponse(error: unknown, request: Request): Response {
  const requestId = request.headers.get('x-request-id');
  if (!isAppError(error)) getApp().log.error({ err: error, requestId, url: request.url }, 'API request failed');
  const code: ErrorCode = isAppError(error) ? error.code : 'internal';
  const status = STATUS[code];
  const detail = isAppError(error)
    ? error.message
    : 'Something went wrong on our side; the request id finds it in the log.';
  const problem: Problem = {
    type: `urn:vitrine:error:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail,
    requestId,
  };
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' });
  if (status === 401) headers.set('WWW-Authenticate', 'Bearer realm="api"');
  if (isAppError(error) && error.retryAfterSeconds) headers.set('Retry-After', String(error.retryAfterSeconds));
  return new Response(JSON.stringify(problem), { status, headers });
}

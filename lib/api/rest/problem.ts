import type { AppError, ErrorCode } from '#lib/platform/errors.ts';

/** Every error of /api/v1 (RFC 9457). `errors` has a message for each invalid field of the body or query. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  requestId: string | null;
  errors?: Record<string, string>;
  checks?: unknown;
};

// prettier-ignore
const STATUS = {
  invalid_input: 400, unauthenticated: 401, forbidden: 403, name_invalid: 400, name_taken: 409, name_reserved: 409,
  tag_invalid: 400, tag_immutable: 409, digest_invalid: 400, digest_mismatch: 400, size_mismatch: 400, range_invalid: 416,
  repository_not_found: 404, repository_not_empty: 409, manifest_not_found: 404, manifest_archived: 409, manifest_invalid: 400, manifest_unverified: 400, manifest_blob_unknown: 400,
  blob_not_found: 404, upload_not_found: 404, upload_invalid: 400, quarantined: 403, not_found: 404, too_large: 413, quota_exceeded: 403, unsupported: 405,
  conflict: 409, rate_limited: 429, storage_full: 507, upstream_unavailable: 503, upstream_rate_limited: 429, upstream_denied: 404,
  upstream_invalid: 502, unavailable: 503, key_refused: 403, read_only: 503, internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** Turns an error into a response. */
export function problemResponse(error: AppError, requestId: string | null): Response {
  const { code, message: detail, retryAfterSeconds } = error;
  const status = STATUS[code];
  const title = code.replaceAll('_', ' ');
  const problem: Problem = {
    type: `urn:vitrine:error:${code}`,
    title,
    status,
    detail,
    requestId,
    ...readDetail(error),
  };
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' });
  if (status === 401) headers.set('WWW-Authenticate', 'Bearer realm="api"');
  if (retryAfterSeconds) headers.set('Retry-After', String(retryAfterSeconds));
  return new Response(JSON.stringify(problem), { status, headers });
}

function readDetail(error: AppError): Pick<Problem, 'errors' | 'checks'> {
  const detail = (error.detail ?? {}) as { fieldErrors?: Record<string, string>; checks?: unknown };
  return {
    ...(detail.fieldErrors && { errors: detail.fieldErrors }),
    ...(detail.checks ? { checks: detail.checks } : {}),
  };
}

// Maps each error to a status and an OCI code. The map is total, so a new ErrorCode doesn't compile without a row here.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
import type { ErrorCode } from '#lib/platform/errors.ts';

export type OciError = { status: number; code: string };

// prettier-ignore
export const OCI_ERRORS = {
  invalid_input:         { status: 400, code: 'UNSUPPORTED' },
  unauthenticated:       { status: 401, code: 'UNAUTHORIZED' },
  forbidden:             { status: 403, code: 'DENIED' },
  name_invalid:          { status: 400, code: 'NAME_INVALID' },
  name_taken:            { status: 409, code: 'NAME_INVALID' },
  name_reserved:         { status: 409, code: 'NAME_INVALID' },
  tag_invalid:           { status: 400, code: 'TAG_INVALID' },
  tag_immutable:         { status: 400, code: 'TAG_INVALID' },
  digest_invalid:        { status: 400, code: 'DIGEST_INVALID' },
  digest_mismatch:       { status: 400, code: 'DIGEST_INVALID' },
  size_mismatch:         { status: 400, code: 'SIZE_INVALID' },
  range_invalid:         { status: 416, code: 'RANGE_INVALID' },
  repository_not_found:  { status: 404, code: 'NAME_UNKNOWN' },
  repository_not_empty:  { status: 409, code: 'UNSUPPORTED' },
  manifest_not_found:    { status: 404, code: 'MANIFEST_UNKNOWN' },
  // As ECR. Clients show the message of MANIFEST_UNKNOWN, but explain a 403 as a missing login.
  manifest_archived:     { status: 404, code: 'MANIFEST_UNKNOWN' },
  manifest_invalid:      { status: 400, code: 'MANIFEST_INVALID' },
  manifest_unverified:   { status: 400, code: 'MANIFEST_UNVERIFIED' },
  manifest_blob_unknown: { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' },
  blob_not_found:        { status: 404, code: 'BLOB_UNKNOWN' },
  upload_not_found:      { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' },
  upload_invalid:        { status: 400, code: 'BLOB_UPLOAD_INVALID' },
  quarantined:           { status: 403, code: 'DENIED' },
  not_found:             { status: 404, code: 'NAME_UNKNOWN' },
  too_large:             { status: 413, code: 'SIZE_INVALID' },
  quota_exceeded:        { status: 403, code: 'DENIED' },
  unsupported:           { status: 405, code: 'UNSUPPORTED' },
  conflict:              { status: 409, code: 'UNSUPPORTED' },
  rate_limited:          { status: 429, code: 'TOOMANYREQUESTS' },
  // Not UNAVAILABLE, which clients would retry in vain.
  storage_full:          { status: 507, code: 'DENIED' },
  upstream_unavailable:  { status: 503, code: 'UNAVAILABLE' },
  upstream_rate_limited: { status: 429, code: 'TOOMANYREQUESTS' },
  // Not DENIED, because Docker Hub answers 401 for missing repositories, and signing in here wouldn't help. After a
  // 404, a client that knows other registries tries the next one.
  upstream_denied:       { status: 404, code: 'NAME_UNKNOWN' },
  upstream_invalid:      { status: 502, code: 'UNKNOWN' },
  unavailable:           { status: 503, code: 'UNAVAILABLE' },
  // Not UNAVAILABLE, because only the holder of the key can help.
  key_refused:           { status: 403, code: 'DENIED' },
  read_only:             { status: 503, code: 'UNAVAILABLE' },
  internal:              { status: 500, code: 'UNKNOWN' },
} as const satisfies Record<ErrorCode, OciError>;

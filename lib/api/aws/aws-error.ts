// Errors of the AWS APIs. Clients decide by the type alone.
import { AppError, type ErrorCode } from '#lib/platform/errors.ts';

/** Members of the answer besides `__type` and `message`. */
export type ErrorFields = Record<string, string | number>;

/** An error of a given AWS type, such as `ImageNotFoundException`. */
export function awsError(type: string, message: string, fields: ErrorFields = {}): AppError {
  return new AppError('invalid_input', message, { detail: { awsType: type, fields } });
}

/** @param path of the member, such as `imageIds.1.imageTag` */
export function invalidParameter(path: string, constraint: string): AppError {
  const message = `Invalid parameter at '${path}' failed to satisfy constraint: '${constraint}'`;
  return awsError('InvalidParameterException', message);
}

// prettier-ignore
const TYPES = {
  invalid_input: 'InvalidParameterException', unauthenticated: 'UnrecognizedClientException', forbidden: 'AccessDeniedException',
  name_invalid: 'InvalidParameterException', name_taken: 'RepositoryAlreadyExistsException', name_reserved: 'InvalidParameterException',
  tag_invalid: 'InvalidParameterException', tag_immutable: 'ImageTagAlreadyExistsException', repository_not_empty: 'RepositoryNotEmptyException',
  digest_invalid: 'InvalidParameterException', digest_mismatch: 'InvalidLayerException',
  size_mismatch: 'InvalidLayerPartException', range_invalid: 'InvalidLayerPartException', repository_not_found: 'RepositoryNotFoundException',
  manifest_not_found: 'ImageNotFoundException', manifest_archived: 'InvalidParameterException', manifest_invalid: 'InvalidParameterException', manifest_unverified: 'InvalidParameterException', manifest_blob_unknown: 'LayersNotFoundException',
  blob_not_found: 'LayersNotFoundException', upload_not_found: 'UploadNotFoundException', upload_invalid: 'InvalidLayerPartException',
  quarantined: 'AccessDeniedException', not_found: 'InvalidParameterException', too_large: 'InvalidParameterException',
  quota_exceeded: 'LimitExceededException', unsupported: 'InvalidParameterException', conflict: 'InvalidParameterException',
  rate_limited: 'ThrottlingException', storage_full: 'ServerException', upstream_unavailable: 'ServerException',
  upstream_rate_limited: 'ThrottlingException', upstream_denied: 'InvalidParameterException', upstream_invalid: 'ServerException',
  unavailable: 'ServerException', key_refused: 'KmsException', read_only: 'ServerException', internal: 'ServerException',
} as const satisfies Record<ErrorCode, string>;

/** Every operation raises these. */
export const COMMON_ERRORS: ReadonlySet<string> = new Set([
  ...(['InvalidParameterException', 'ServerException', 'AccessDeniedException', 'ThrottlingException'] as const),
  ...(['UnsupportedCommandException', 'ValidationException', 'SerializationException'] as const),
  ...(['UnknownOperationException', 'MissingAuthenticationTokenException', 'IncompleteSignatureException'] as const),
  ...(['UnrecognizedClientException', 'InvalidSignatureException', 'ExpiredTokenException'] as const),
  ...(['RequestEntityTooLargeException', 'RequestTimeoutException'] as const),
]);

export type AwsFault = { type: string; status: number; message: string; fields: ErrorFields };

/** @param errors of the operation; null before it is known */
export function toFault(error: AppError, errors: readonly string[] | null): AwsFault {
  const { code, message, detail } = error;
  const stated = readDetail(detail);
  const type = stated?.awsType ?? TYPES[code];
  const isKnown = COMMON_ERRORS.has(type) || errors === null || errors.includes(type);
  return {
    type: isKnown ? type : 'InvalidParameterException',
    status: toStatus(type, code),
    message,
    fields: stated?.fields ?? (isKnown && type === 'KmsException' ? { kmsError: findKmsError(error) } : {}),
  };
}

/** Finds the error code of KMS. Without one, this site has refused the key because of its state. */
function findKmsError(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name.endsWith('Exception')) return cause.name;
  }
  return 'KMSInvalidStateException';
}

/** AWS answers every client error of the JSON protocol with 400. */
function toStatus(type: string, code: ErrorCode): number {
  if (type !== 'ServerException') return 400;
  return code === 'unavailable' || code === 'storage_full' || code === 'read_only' ? 503 : 500;
}

function readDetail(detail: unknown): { awsType: string; fields: ErrorFields } | null {
  if (typeof detail !== 'object' || detail === null || !('awsType' in detail)) return null;
  return detail as { awsType: string; fields: ErrorFields };
}

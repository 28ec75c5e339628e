// Failures of single images in a batch, which don't affect the others.
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { isTag } from '#lib/oci/reference.ts';
import type { ImageId } from '../find-aws-image.ts';

export type FailureCode =
  | 'InvalidImageDigest'
  | 'InvalidImageTag'
  | 'ImageTagDoesNotMatchDigest'
  | 'ImageNotFound'
  | 'MissingDigestAndTag'
  | 'ImageReferencedByManifestList';

/** The further codes of BatchGetImage. */
export type PullFailureCode =
  FailureCode | 'UpstreamAccessDenied' | 'UpstreamTooManyRequests' | 'UpstreamUnavailable' | 'ImageInaccessible';

/** At least one is set. */
export type CheckedImageId = { digest: Digest | null; tag: string | null };

export function imageFailure<Code extends PullFailureCode>(imageId: ImageId, failureCode: Code, failureReason: string) {
  return { imageId, failureCode, failureReason };
}

export type ImageFailure<Code extends PullFailureCode> = ReturnType<typeof imageFailure<Code>>;

const NOT_FOUND = 'Requested image not found';

export function notFoundFailure(imageId: ImageId): ImageFailure<'ImageNotFound'> {
  return imageFailure(imageId, 'ImageNotFound', NOT_FOUND);
}

/** Checks the form of an id. */
export function checkImageId(imageId: ImageId): CheckedImageId | ImageFailure<FailureCode> {
  const { imageDigest, imageTag } = imageId;
  const fail = (code: FailureCode, what: string) => imageFailure(imageId, code, `Invalid request parameters: ${what}`);
  if (imageDigest === undefined && imageTag === undefined) {
    return fail('MissingDigestAndTag', 'both tag and digest cannot be null');
  }
  if (imageDigest !== undefined && !isDigest(imageDigest)) {
    return fail('InvalidImageDigest', "image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
  }
  if (imageTag !== undefined && !isTag(imageTag)) {
    return fail('InvalidImageTag', 'a tag has up to 128 letters, digits and . _ -');
  }
  return { digest: imageDigest ?? null, tag: imageTag ?? null };
}

const PULL_FAILURES: Partial<Record<ErrorCode, PullFailureCode>> = {
  manifest_not_found: 'ImageNotFound',
  manifest_archived: 'ImageInaccessible',
  upstream_denied: 'UpstreamAccessDenied',
  upstream_rate_limited: 'UpstreamTooManyRequests',
  upstream_unavailable: 'UpstreamUnavailable',
  upstream_invalid: 'ImageInaccessible',
};

/** Null for an error that ends the whole call. */
export function toPullFailure(imageId: ImageId, error: unknown): ImageFailure<PullFailureCode> | null {
  const code = isAppError(error) ? PULL_FAILURES[error.code] : undefined;
  if (!isAppError(error) || !code) return null;
  return imageFailure(imageId, code, code === 'ImageNotFound' ? NOT_FOUND : error.message);
}

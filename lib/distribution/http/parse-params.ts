import { isUploadId } from '#lib/blobs/staging-area.ts';
import { parseDigest, type Digest } from '#lib/oci/digest.ts';
import { parseReference, type Reference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';

/** The parsed `:name` parameters of the suffixes in routes.ts. */
export type Params = { digest: Digest; reference: Reference; upload: string };

/**
 * Parses the parameter at the end of a path.
 * @param name null: the suffix has none
 */
export function parseParam(method: string, name: keyof Params | null, value: string): Params {
  const params: Partial<Params> = {};
  if (name === 'digest') params.digest = requireDigest(value);
  if (name === 'upload') params.upload = requireUploadId(value);
  if (name === 'reference') params.reference = requireReference(method, value);
  // routes.ts types each handler by its own suffix, so no handler sees a parameter that isn't set.
  return params as Params;
}

export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (!digest)
    throw new AppError(
      'digest_invalid',
      'A digest must be sha256: or sha512: followed by lower-case hexadecimal digits.',
    );
  return digest;
}

function requireUploadId(text: string): string {
  if (!isUploadId(text)) throw new AppError('upload_not_found', "The upload doesn't exist.");
  return text;
}

function requireReference(method: string, text: string): Reference {
  const reference = parseReference(text);
  if (reference) return reference;
  if (text.includes(':'))
    throw new AppError('digest_invalid', 'The reference must be a tag or a sha256 or sha512 digest.');
  if (method === 'PUT') throw new AppError('tag_invalid', 'A tag can have up to 128 letters, digits and . _ -');
  throw new AppError('manifest_not_found', "The repository doesn't have this manifest.");
}

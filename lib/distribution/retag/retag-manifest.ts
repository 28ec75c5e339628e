import type { UserCaller } from '#lib/access/schema.ts';
import { isTag, parseReference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { readStoredManifest } from '#lib/distribution/pull/read-stored-manifest.ts';
import { pushManifest, type PushApp, type PushedManifest } from '#lib/distribution/push/push-manifest.ts';

export type RetagInput = {
  caller: UserCaller;
  fullName: string;
  /** A tag or digest of the repository. */
  source: string;
  tag: string;
};

/**
 * Points a tag to a manifest that the repository has, like a push of the same bytes.
 * @throws AppError `invalid_input`, `manifest_not_found`, and whatever a push may throw
 */
export async function retagManifest(app: PushApp, input: RetagInput): Promise<PushedManifest> {
  const { caller, fullName } = input;
  const [source, tag] = [parseReference(input.source.trim()), input.tag.trim()];
  const images = isTag(tag) ? [{ tag }] : [];
  const repository = await authorizeRepository(app, { caller, fullName, action: 'ecr:PutImage', images });
  if (repository.upstream) {
    throw new AppError('conflict', `${fullName} is a mirror, whose tags follow ${repository.upstream.name}.`);
  }
  if (!source) throw invalidField('source', 'Enter a tag or a digest of this repository.');
  if (!isTag(tag)) throw invalidField('tag', 'Enter up to 128 letters, digits and . _ -');
  const { digest, mediaType, payload } = await readStoredManifest(app, {
    repositoryId: repository.id,
    reference: source,
  });
  const parsed = parseDigest(digest);
  if (!parsed) throw new Error(`the stored digest ${digest} is invalid`);
  const reference = { kind: 'digest', digest: parsed } as const;
  return pushManifest(app, { caller, repository, reference, tags: [tag], contentType: mediaType, payload });
}

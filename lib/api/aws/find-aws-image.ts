// Images as the AWS APIs name them: by digest, by tag, or by both, which must then agree.
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { AwsApp } from './aws-app.ts';
import { awsError, invalidParameter } from './aws-error.ts';
import type { Call } from './define-operations.ts';

export type ImageId = { imageDigest?: string | undefined; imageTag?: string | undefined };

/**
 * Finds the digest of an image.
 * @throws AppError `ImageNotFoundException`, `InvalidParameterException` if the id is empty
 */
export async function requireAwsImage(
  app: AwsApp,
  call: Call,
  { repository, imageId }: { repository: FoundRepository; imageId: ImageId },
): Promise<string> {
  const { imageDigest, imageTag } = imageId;
  if (imageDigest === undefined && imageTag === undefined) {
    throw invalidParameter('imageId', 'must have imageDigest or imageTag');
  }
  const manifest = await app.db.manifest.findFirst({
    where: {
      repositoryId: repository.id,
      ...(imageDigest !== undefined && { digest: imageDigest }),
      ...(imageTag !== undefined && { tags: { some: { name: imageTag } } }),
    },
    select: { digest: true },
  });
  if (manifest) return manifest.digest;
  throw imageNotFound(call, { repositoryName: repository.name, imageId });
}

export function imageNotFound(
  { registry }: Call,
  { repositoryName, imageId }: { repositoryName: string; imageId: ImageId },
) {
  const shown = (text: string | undefined) => (text === undefined ? 'null' : `'${text}'`);
  const id = `{imageDigest:${shown(imageId.imageDigest)}, imageTag:${shown(imageId.imageTag)}}`;
  return awsError(
    'ImageNotFoundException',
    `The image with imageId ${id} does not exist within the repository with name '${repositoryName}' in the registry with id '${registry.membership.registryId}'`,
  );
}

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
import { deleteImages } from '#lib/images/image-deletion/delete-images.ts';
import type { AppError } from '#lib/platform/errors.ts';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';
import type { ImageId } from '../find-aws-image.ts';
import { toNamedImages, type AddressedRepository } from '../find-aws-repository.ts';
import { requireAwsWritable } from '../require-aws-writable.ts';
import {
  checkImageId,
  imageFailure,
  notFoundFailure,
  type CheckedImageId,
  type FailureCode,
  type ImageFailure,
} from './image-failure.ts';
import { findImageRows } from './image-rows.sql.ts';

type Input = AddressedRepository & { imageIds: ImageId[] };
type Asked = CheckedImageId & { imageId: ImageId };
type DeletedId = { imageDigest: string; imageTag?: string };

/** Deletes images into the site's bin, from which they can be restored. */
export async function batchDeleteImage(app: AwsApp, call: Call, input: Input) {
  const repository = await requireAwsWritable(app, call, input, { images: toNamedImages(input.imageIds) });
  const imageIds: DeletedId[] = [];
  const failures: ImageFailure<FailureCode>[] = [];
  const images: Asked[] = [];
  for (const imageId of input.imageIds) {
    const checked = checkImageId(imageId);
    if ('failureCode' in checked) failures.push(checked);
    else images.push({ imageId, ...checked });
  }
  const { deleted, failures: refused } = await deleteImages(app, { caller: call.caller, repository, images });
  for (const { digest, tags } of deleted) imageIds.push(...presentDeleted(digest, tags));
  for (const { image, error } of refused) failures.push(await explain(app, repository.id, image.imageId, error));
  return { imageIds, failures };
}

function presentDeleted(imageDigest: string, tags: string[]): DeletedId[] {
  if (tags.length === 0) return [{ imageDigest }];
  return tags.map((imageTag) => ({ imageDigest, imageTag }));
}

async function explain(
  app: AwsApp,
  repositoryId: bigint,
  imageId: ImageId,
  error: AppError,
): Promise<ImageFailure<FailureCode>> {
  if (error.code === 'unsupported') return imageFailure(imageId, 'ImageReferencedByManifestList', error.message);
  if (error.code === 'manifest_not_found') return explainMissing(app, repositoryId, imageId);
  throw error;
}

async function explainMissing(app: AwsApp, repositoryId: bigint, imageId: ImageId): Promise<ImageFailure<FailureCode>> {
  const { imageDigest, imageTag } = imageId;
  if (imageDigest === undefined || imageTag === undefined) return notFoundFailure(imageId);
  const [tagged] = await findImageRows(app, { repositoryId, ids: [{ imageTag }] });
  if (!tagged) return notFoundFailure(imageId);
  return imageFailure(imageId, 'ImageTagDoesNotMatchDigest', `The tag ${imageTag} points to ${tagged.digest}`);
}

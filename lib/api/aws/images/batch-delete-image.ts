// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
import { deleteImage } from '#lib/images/delete-image.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';
import type { ImageId } from '../find-aws-image.ts';
import type { AddressedRepository } from '../find-aws-repository.ts';
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
type Asked = { imageId: ImageId; checked: CheckedImageId };
type DeletedId = { imageDigest: string; imageTag?: string };

/** Deletes images into the site's bin, from which they can be restored. */
export async function batchDeleteImage(app: AwsApp, call: Call, input: Input) {
  const repository = await requireAwsWritable(app, call, input);
  const imageIds: DeletedId[] = [];
  const failures: ImageFailure<FailureCode>[] = [];
  let waiting: Asked[] = [];
  for (const imageId of input.imageIds) {
    const checked = checkImageId(imageId);
    if ('failureCode' in checked) failures.push(checked);
    else waiting.push({ imageId, checked });
  }
  // An image that an index lists can be deleted once the index is, so the order within a batch doesn't matter.
  for (let isProgress = true; isProgress;) {
    isProgress = false;
    const listed: Asked[] = [];
    const refused: ImageFailure<FailureCode>[] = [];
    for (const { imageId, checked } of waiting) {
      try {
        const { digest, tags } = await deleteImage(app, { caller: call.caller, repository, ...checked });
        imageIds.push(...presentDeleted(digest, tags));
        isProgress = true;
      } catch (error) {
        if (!isAppError(error)) throw error;
        if (error.code === 'unsupported') {
          listed.push({ imageId, checked });
          refused.push(imageFailure(imageId, 'ImageReferencedByManifestList', error.message));
        } else if (error.code === 'manifest_not_found') {
          failures.push(await explainMissing(app, repository.id, imageId));
        } else throw error;
      }
    }
    waiting = listed;
    if (!isProgress) failures.push(...refused);
  }
  return { imageIds, failures };
}

function presentDeleted(imageDigest: string, tags: string[]): DeletedId[] {
  if (tags.length === 0) return [{ imageDigest }];
  return tags.map((imageTag) => ({ imageDigest, imageTag }));
}

async function explainMissing(app: AwsApp, repositoryId: bigint, imageId: ImageId): Promise<ImageFailure<FailureCode>> {
  const { imageDigest, imageTag } = imageId;
  if (imageDigest === undefined || imageTag === undefined) return notFoundFailure(imageId);
  const [tagged] = await findImageRows(app, { repositoryId, ids: [{ imageTag }] });
  if (!tagged) return notFoundFailure(imageId);
  return imageFailure(imageId, 'ImageTagDoesNotMatchDigest', `The tag ${imageTag} points to ${tagged.digest}`);
}

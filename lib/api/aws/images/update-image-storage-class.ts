// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UpdateImageStorageClass.html
import { updateStorageClass } from '#lib/images/storage-class/update-storage-class.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { requireAwsImage, type ImageId } from '../find-aws-image.ts';
import { requireAwsRepository, toNamedImages, type AddressedRepository } from '../find-aws-repository.ts';
import { toImageStatus } from './describe-images.ts';

type Input = AddressedRepository & { imageId: ImageId; targetStorageClass: 'STANDARD' | 'ARCHIVE' };

/** Unlike in ECR, a restored image can be pulled at once. */
export async function updateImageStorageClass(app: AwsApp, call: Call, input: Input) {
  const { imageId, targetStorageClass } = input;
  const repository = await requireAwsRepository(app, call, input, { images: toNamedImages([imageId]) });
  const digest = await requireAwsImage(app, call, { repository, imageId });
  const isArchived = targetStorageClass === 'ARCHIVE';
  const { fullName, name: repositoryName } = repository;
  await updateStorageClass(app, { caller: call.caller, fullName, digest, isArchived }).catch((error: unknown) => {
    if (!isAppError(error) || (error.code !== 'conflict' && error.code !== 'unsupported')) throw error;
    throw awsError('ImageStorageClassUpdateNotSupportedException', error.message);
  });
  return {
    registryId: call.registry.membership.registryId,
    repositoryName,
    imageId: { ...imageId, imageDigest: digest },
    imageStatus: toImageStatus(isArchived),
  };
}

import { defineOperations } from '../define-operations.ts';
import { batchDeleteImage } from '../images/batch-delete-image.ts';
import { batchGetImage } from '../images/batch-get-image.ts';
import { describeImages } from '../images/describe-images.ts';
import { listImageReferrers } from '../images/list-image-referrers.ts';
import { listImages } from '../images/list-images.ts';
import { putImage } from '../images/put-image.ts';
import { updateImageStorageClass } from '../images/update-image-storage-class.ts';
import { ECR_IMAGES_SHAPES } from './shapes/images.ts';

export const ECR_IMAGES = defineOperations('ecr', ECR_IMAGES_SHAPES, {
  PutImage: putImage,
  BatchGetImage: batchGetImage,
  BatchDeleteImage: batchDeleteImage,
  ListImages: listImages,
  DescribeImages: describeImages,
  ListImageReferrers: listImageReferrers,
  UpdateImageStorageClass: updateImageStorageClass,
});

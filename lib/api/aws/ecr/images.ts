import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_IMAGES_SHAPES } from './shapes/images.ts';

export const ECR_IMAGES = defineOperations('ecr', ECR_IMAGES_SHAPES, {
  PutImage: refuseUnsupported,
  BatchGetImage: refuseUnsupported,
  BatchDeleteImage: refuseUnsupported,
  ListImages: refuseUnsupported,
  DescribeImages: refuseUnsupported,
  ListImageReferrers: refuseUnsupported,
  UpdateImageStorageClass: refuseUnsupported,
});

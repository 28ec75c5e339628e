import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { PUBLIC_IMAGES_SHAPES } from './shapes/images.ts';

export const PUBLIC_IMAGES = defineOperations('ecr-public', PUBLIC_IMAGES_SHAPES, {
  PutImage: refuseUnsupported,
  BatchDeleteImage: refuseUnsupported,
  DescribeImages: refuseUnsupported,
  DescribeImageTags: refuseUnsupported,
});

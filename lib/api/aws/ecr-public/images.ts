import { defineOperations } from '../define-operations.ts';
import { batchDeleteImage } from '../images/batch-delete-image.ts';
import { describeImageTags } from '../images/describe-image-tags.ts';
import { describeImages } from '../images/describe-images.ts';
import { putImage } from '../images/put-image.ts';
import { PUBLIC_IMAGES_SHAPES } from './shapes/images.ts';

export const PUBLIC_IMAGES = defineOperations('ecr-public', PUBLIC_IMAGES_SHAPES, {
  PutImage: putImage,
  BatchDeleteImage: batchDeleteImage,
  DescribeImages: describeImages,
  DescribeImageTags: describeImageTags,
});

import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_TAGS_SHAPES } from './shapes/tags.ts';

export const ECR_TAGS = defineOperations('ecr', ECR_TAGS_SHAPES, {
  TagResource: refuseUnsupported,
  UntagResource: refuseUnsupported,
  ListTagsForResource: refuseUnsupported,
});

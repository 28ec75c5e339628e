import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { PUBLIC_TAGS_SHAPES } from './shapes/tags.ts';

export const PUBLIC_TAGS = defineOperations('ecr-public', PUBLIC_TAGS_SHAPES, {
  TagResource: refuseUnsupported,
  UntagResource: refuseUnsupported,
  ListTagsForResource: refuseUnsupported,
});

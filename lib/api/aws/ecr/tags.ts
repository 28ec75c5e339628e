import { defineOperations } from '../define-operations.ts';
import { addResourceTags, listResourceTags, removeResourceTags } from '../resource-tags/change-tags.ts';
import { ECR_TAGS_SHAPES } from './shapes/tags.ts';

export const ECR_TAGS = defineOperations('ecr', ECR_TAGS_SHAPES, {
  TagResource: addResourceTags,
  UntagResource: removeResourceTags,
  ListTagsForResource: listResourceTags,
});

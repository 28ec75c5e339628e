import { defineOperations } from '../define-operations.ts';
import { addResourceTags, listResourceTags, removeResourceTags } from '../resource-tags/change-tags.ts';
import { PUBLIC_TAGS_SHAPES } from './shapes/tags.ts';

export const PUBLIC_TAGS = defineOperations('ecr-public', PUBLIC_TAGS_SHAPES, {
  TagResource: addResourceTags,
  UntagResource: removeResourceTags,
  ListTagsForResource: listResourceTags,
});

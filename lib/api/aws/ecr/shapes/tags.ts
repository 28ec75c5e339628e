// Request and response shapes of ECR's tag operations.
import { z } from 'zod';
import { members, text } from '#lib/api/aws/values.ts';
import { ecrTag } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

export const ECR_TAGS_SHAPES = {
  TagResource: {
    input: z.object({ resourceArn: text(), tags: members(ecrTag) }),
    output: z.object({}),
    errors: ['InvalidTagParameterException', 'TooManyTagsException', 'RepositoryNotFoundException'],
  },
  UntagResource: {
    input: z.object({ resourceArn: text(), tagKeys: members(text()) }),
    output: z.object({}),
    errors: ['InvalidTagParameterException', 'TooManyTagsException', 'RepositoryNotFoundException'],
  },
  ListTagsForResource: {
    input: z.object({ resourceArn: text() }),
    output: z.object({ tags: members(ecrTag).optional() }),
    errors: ['RepositoryNotFoundException'],
  },
} as const satisfies OperationShapes;

// Request and response shapes of ECR Public's tag operations.
import { z } from 'zod';
import { members, text } from '#lib/api/aws/values.ts';
import { publicTag } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

export const PUBLIC_TAGS_SHAPES = {
  TagResource: {
    input: z.object({ resourceArn: text({ min: 1, max: 2048 }), tags: members(publicTag, { min: 0, max: 200 }) }),
    output: z.object({}),
    errors: ['InvalidTagParameterException', 'TooManyTagsException', 'RepositoryNotFoundException'],
  },
  UntagResource: {
    input: z.object({
      resourceArn: text({ min: 1, max: 2048 }),
      tagKeys: members(text({ min: 1, max: 128 }), { min: 0, max: 200 }),
    }),
    output: z.object({}),
    errors: ['InvalidTagParameterException', 'TooManyTagsException', 'RepositoryNotFoundException'],
  },
  ListTagsForResource: {
    input: z.object({ resourceArn: text({ min: 1, max: 2048 }) }),
    output: z.object({ tags: members(publicTag, { min: 0, max: 200 }).optional() }),
    errors: ['RepositoryNotFoundException'],
  },
} as const satisfies OperationShapes;

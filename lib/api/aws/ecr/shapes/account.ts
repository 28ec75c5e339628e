// Request and response shapes of ECR's account operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const principalArn = text({
  max: 200,
  pattern: 'arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\\w+=,.@-]+(/[\\w+=,.@-]+)*',
});

export const ECR_ACCOUNT_SHAPES = {
  GetAccountSetting: {
    input: z.object({ name: text({ min: 1, max: 64 }) }),
    output: z.object({ name: text({ min: 1, max: 64 }).optional(), value: text({ min: 1, max: 64 }).optional() }),
    errors: ['ValidationException'],
  },
  PutAccountSetting: {
    input: z.object({ name: text({ min: 1, max: 64 }), value: text() }),
    output: z.object({ name: text({ min: 1, max: 64 }).optional(), value: text().optional() }),
    errors: ['ValidationException', 'LimitExceededException'],
  },
  RegisterPullTimeUpdateExclusion: {
    input: z.object({ principalArn }),
    output: z.object({ createdAt: timestamp().optional(), principalArn: principalArn.optional() }),
    errors: ['ExclusionAlreadyExistsException', 'LimitExceededException', 'ValidationException'],
  },
  DeregisterPullTimeUpdateExclusion: {
    input: z.object({ principalArn }),
    output: z.object({ principalArn: principalArn.optional() }),
    errors: ['ExclusionNotFoundException', 'LimitExceededException', 'ValidationException'],
  },
  ListPullTimeUpdateExclusions: {
    input: z.object({ maxResults: whole({ min: 1, max: 1000 }).optional(), nextToken: text().optional() }),
    output: z.object({
      nextToken: text().optional(),
      pullTimeUpdateExclusions: members(principalArn, { min: 0, max: 100 }).optional(),
    }),
    errors: ['ValidationException', 'LimitExceededException'],
  },
} as const satisfies OperationShapes;

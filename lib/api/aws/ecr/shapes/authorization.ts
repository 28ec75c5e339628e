// Request and response shapes of ECR's authorization operations.
import { z } from 'zod';
import { members, text, timestamp } from '#lib/api/aws/values.ts';
import { ecrRegistryId } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const base64 = text({ pattern: '\\S+' });
const authorizationData = z.object({
  authorizationToken: base64.optional(),
  expiresAt: timestamp().optional(),
  proxyEndpoint: text().optional(),
});

export const ECR_AUTHORIZATION_SHAPES = {
  GetAuthorizationToken: {
    input: z.object({ registryIds: members(ecrRegistryId, { min: 1, max: 10 }).optional() }),
    output: z.object({ authorizationData: members(authorizationData).optional() }),
    errors: [],
  },
} as const satisfies OperationShapes;

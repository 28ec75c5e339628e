// Request and response shapes of ECR Public's registry operations.
import { z } from 'zod';
import { members, text, timestamp, whole } from '#lib/api/aws/values.ts';
import { publicRegistryId } from './shared.ts';
import type { OperationShapes } from '#lib/api/aws/define-operations.ts';

const registryAliasName = text({ min: 2, max: 50, pattern: '[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*' });
const registryAliasStatus = z.enum(['ACTIVE', 'PENDING', 'REJECTED']);
const registryAlias = z.object({
  defaultRegistryAlias: z.boolean(),
  name: registryAliasName,
  primaryRegistryAlias: z.boolean(),
  status: registryAliasStatus,
});
const registry = z.object({
  aliases: members(registryAlias),
  registryArn: text({ min: 1, max: 2048 }),
  registryId: publicRegistryId,
  registryUri: text(),
  verified: z.boolean(),
});
const base64 = text({ pattern: '\\S+' });
const authorizationData = z.object({ authorizationToken: base64.optional(), expiresAt: timestamp().optional() });
const registryCatalogData = z.object({ displayName: text({ min: 0, max: 100 }).optional() });

export const PUBLIC_REGISTRIES_SHAPES = {
  GetAuthorizationToken: {
    input: z.object({}),
    output: z.object({ authorizationData: authorizationData.optional() }),
    errors: [],
  },
  DescribeRegistries: {
    input: z.object({ maxResults: whole({ min: 1, max: 1000 }).optional(), nextToken: text().optional() }),
    output: z.object({ nextToken: text().optional(), registries: members(registry) }),
    errors: [],
  },
  GetRegistryCatalogData: { input: z.object({}), output: z.object({ registryCatalogData }), errors: [] },
  PutRegistryCatalogData: {
    input: z.object({ displayName: text({ min: 0, max: 100 }).optional() }),
    output: z.object({ registryCatalogData }),
    errors: [],
  },
} as const satisfies OperationShapes;

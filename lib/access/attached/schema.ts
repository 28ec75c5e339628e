// Limits and findings of policies. Browser-safe.
import type { Position } from '#lib/platform/json-positions.ts';

/** AWS allows 10,240 characters. */
export const MAX_POLICY_LENGTH = 10_240;

/** Patterns with many take long to match, and hardly any policy has one. */
export const MAX_QUESTION_MARKS = 200;

/** What a registry policy decides: `V1` replication, imports and the creation of repositories, `V2` every action of ECR. */
export const REGISTRY_POLICY_SCOPES = ['V1', 'V2'] as const;
export type RegistryPolicyScope = (typeof REGISTRY_POLICY_SCOPES)[number];

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html */
export const V1_ACTIONS: readonly string[] = [
  'ecr:ReplicateImage',
  'ecr:BatchImportUpstreamImage',
  'ecr:CreateRepository',
];

/** Errors prevent saving. */
export type Severity = 'error' | 'warning';

export type PolicyFinding = Position & { severity: Severity; message: string };

/** A finding before it is located. `path` leads to it from the statement. */
export type StatementFinding = { severity: Severity; message: string; path: readonly PropertyKey[] };

/** `identity`: attached to a member, robot or role. */
export type PolicyTarget =
  | { kind: 'repository'; visibility: 'public' | 'private' }
  | { kind: 'registry'; scope: RegistryPolicyScope }
  | { kind: 'identity' };

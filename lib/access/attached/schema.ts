// Limits and findings of policies. Browser-safe.
import type { Position } from '#lib/platform/json-positions.ts';

/** AWS allows 10,240 characters. */
export const MAX_POLICY_LENGTH = 10_240;

/** Patterns with many take long to match, and hardly any policy has one. */
export const MAX_QUESTION_MARKS = 200;

/** Errors prevent saving. */
export type Severity = 'error' | 'warning';

export type PolicyFinding = Position & { severity: Severity; message: string };

/** A finding before it is located. `path` leads to it from the statement. */
export type StatementFinding = { severity: Severity; message: string; path: readonly PropertyKey[] };

/** `identity`: attached to a member, robot or role. */
export type PolicyTarget =
  { kind: 'repository'; visibility: 'public' | 'private' } | { kind: 'registry' } | { kind: 'identity' };

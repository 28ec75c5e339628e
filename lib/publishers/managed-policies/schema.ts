// Managed policies as forms and the API take them. Browser-safe.
import { z } from 'zod';
import { oneLine } from '#lib/platform/one-line.ts';
import { isPolicyName, POLICY_NAME_RULE } from '#lib/publishers/identity-policies/schema.ts';
import { MAX_ROBOT_DESCRIPTION_LENGTH } from '#lib/publishers/robots/schema.ts';

/** For each registry. */
export const MAX_MANAGED_POLICIES = 50;
/** Of each policy. As on IAM. */
export const MAX_POLICY_VERSIONS = 5;

const description = oneLine(MAX_ROBOT_DESCRIPTION_LENGTH);

export const newManagedPolicySchema = z.object({
  name: z.string().refine(isPolicyName, POLICY_NAME_RULE),
  description,
});

/** Omitted fields keep their values. */
export const managedPolicyChangeSchema = z.object({
  description: description.optional(),
  defaultVersion: z.number('Enter a version.').int('Enter a version.').optional(),
});

// Policies of repositories, registries, and of members and teams.
import { z } from 'zod';
import { MAX_POLICY_LENGTH } from '#lib/access/attached/schema.ts';

export const policyRevision = z.number().describe('Counts the changes of the policy');

export const newPolicySchema = z.strictObject({
  policy: z.string().max(MAX_POLICY_LENGTH).describe('A JSON text in the grammar of IAM'),
  force: z.boolean().optional().describe('Save it even if it prevents you from changing it again'),
  editedRevision: z.number().int().optional().describe('Refuse if the policy has another revision meanwhile'),
});

export const revisionsQuery = z.object({
  before: z.coerce.number({ error: 'before must be a number.' }).int().optional().describe('A revision'),
  limit: z.coerce.number({ error: 'limit must be a number.' }).int().min(1).max(100).default(20),
});

export const revisionsSchema = z.object({
  revisions: z.array(
    z.object({ revision: policyRevision, policy: z.string().nullable(), savedBy: z.string(), savedAt: z.date() }),
  ),
});

export const referenceSchema = z.string().describe('The name of a managed policy, or aws: and the name of one of AWS');
export const arnSchema = z.string().describe('The ARN of the policy');
export const isAwsSchema = z.boolean().describe('Whether it is one of AWS, which nobody can change');
export const policyTextSchema = z.string().describe("In IAM's grammar, as JSON");
export const storedPoliciesSchema = z.object({ policies: z.array(z.object({ name: z.string(), policy: z.string() })) });
export const attachedPoliciesSchema = z.object({
  policies: z.array(z.object({ reference: referenceSchema, name: z.string(), arn: arnSchema, isAws: isAwsSchema })),
});

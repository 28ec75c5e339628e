// Parts of the routes of managed and identity policies.
import { z } from 'zod';

export const referenceSchema = z.string().describe('The name of a managed policy, or aws: and the name of one of AWS');
export const arnSchema = z.string().describe('The ARN of the policy');
export const isAwsSchema = z.boolean().describe('Whether it is one of AWS, which nobody can change');
export const policyTextSchema = z.string().describe("In IAM's grammar, as JSON");
export const storedPoliciesSchema = z.object({ policies: z.array(z.object({ name: z.string(), policy: z.string() })) });
export const attachedPoliciesSchema = z.object({
  policies: z.array(z.object({ reference: referenceSchema, name: z.string(), arn: arnSchema, isAws: isAwsSchema })),
});

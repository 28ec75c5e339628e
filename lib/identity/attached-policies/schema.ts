// References to managed policies, and limits of what is attached. Browser-safe.
import { AWS_POLICIES } from '#lib/access/attached/aws-policies.ts';

/** To each member, robot, role or team. As on IAM. */
export const MAX_ATTACHED_POLICIES = 10;

/** Characters that each member, robot or role has by attached policies and those of their teams. Each request reads them. */
export const MAX_ATTACHED_LENGTH = 20_480;

const AWS_PREFIX = 'aws:';

/** The registry's managed policy of that name, or one of AWS. */
export type PolicyReference = { isAws: boolean; name: string };

/** @param reference as rows and the API have it: a name, after `aws:` one of AWS */
export function parsePolicyReference(reference: string): PolicyReference {
  const isAws = reference.startsWith(AWS_PREFIX);
  return { isAws, name: isAws ? reference.slice(AWS_PREFIX.length) : reference };
}

export function formatPolicyReference({ isAws, name }: PolicyReference): string {
  return `${isAws ? AWS_PREFIX : ''}${name}`;
}

export function policyArn(registryId: string, { isAws, name }: PolicyReference): string {
  return `arn:aws:iam::${isAws ? 'aws' : registryId}:policy/${name}`;
}

/** The references of AWS's policies. */
export const AWS_POLICY_REFERENCES: readonly string[] = [...AWS_POLICIES.keys()].map((name) =>
  formatPolicyReference({ isAws: true, name }),
);

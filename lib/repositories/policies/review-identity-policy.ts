import type { Db } from '#lib/platform/pg/db.ts';
import { listIdentityPolicies } from '#lib/publishers/identity-policies/list-identity-policies.ts';
import type { HolderQuestion } from '#lib/publishers/identity-policies/policy-holder.ts';
import { reviewIdentityText } from './review-identity-text.ts';
import type { PolicyReview } from './review-repository-policy.ts';

/** Shows what saving a policy of a member, robot, role or team would do. @throws AppError `forbidden`, `not_found` */
export async function reviewIdentityPolicy(
  app: { db: Db },
  { name, text, ...question }: HolderQuestion & { name: string; text: string },
): Promise<PolicyReview> {
  const policies = await listIdentityPolicies(app, question);
  return reviewIdentityText(policies.find((known) => known.name === name)?.policy ?? null, text);
}

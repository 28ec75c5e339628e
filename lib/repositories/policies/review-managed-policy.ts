import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { readManagedPolicy } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { reviewIdentityText } from './review-identity-text.ts';
import type { PolicyReview } from './review-repository-policy.ts';

/** Shows what a new default version of a managed policy would change. @throws AppError `forbidden`, `not_found` */
export async function reviewManagedPolicy(
  app: { db: Db },
  { caller, registryKey, name, text }: { caller: Caller; registryKey: bigint; name: string; text: string },
): Promise<PolicyReview> {
  const { versions } = await readManagedPolicy(app, { caller, registryKey, policy: name });
  return reviewIdentityText(versions.find(({ isDefault }) => isDefault)?.policy ?? null, text);
}

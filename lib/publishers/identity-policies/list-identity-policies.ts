import type { StoredPolicy } from '#lib/access/attached/attached-policy.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findPolicyHolder, type HolderQuestion } from './policy-holder.ts';

/** Returns them as their authors wrote them, by name. @throws AppError `forbidden`, `not_found` */
export async function listIdentityPolicies(app: { db: Db }, question: HolderQuestion): Promise<StoredPolicy[]> {
  const { policies } = await findPolicyHolder(app, question);
  return policies;
}

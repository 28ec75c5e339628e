import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import {
  findPolicyHolder,
  updateHolder,
  type HolderQuestion,
} from '#lib/publishers/identity-policies/policy-holder.ts';
import { lockManagedPolicies, requireReference } from './policy-store.ts';

export type AttachmentQuestion = HolderQuestion & {
  /** A reference: the name of one of the registry's managed policies, or `aws:` and the name of one of AWS. */
  policy: string;
};

/**
 * Changes which managed policies a member, robot, role or team has. Takes effect at once.
 * @param change returns the references after the change
 * @throws AppError `forbidden`, `not_found`, `quota_exceeded`, and what `change` throws
 */
export async function changeAttachments(
  app: { db: Db },
  { policy, ...question }: AttachmentQuestion,
  change: (references: readonly string[], holder: string) => string[],
): Promise<void> {
  const { caller, registryKey } = question;
  await app.db.$transaction(async (tx) => {
    await lockManagedPolicies(tx, { caller, registryKey });
    const holder = await findPolicyHolder({ db: tx }, question);
    const before = holder.managedPolicies;
    if (!before.includes(policy)) await requireReference(tx, { registryKey, policy });
    const managedPolicies = change(before, holder.name);
    if (managedPolicies.length === before.length) return;
    await updateHolder(tx, { registryKey, holder, data: { managedPolicies } });
    const isTeam = 'teamId' in holder.id;
    const resource = { name: holder.name };
    if (managedPolicies.length > before.length) {
      const type = isTeam ? 'team.attach-policy' : 'member.attach-policy';
      await recordChange(tx, { type, caller, registryKey, resource, after: { policy } });
    } else {
      const type = isTeam ? 'team.detach-policy' : 'member.detach-policy';
      await recordChange(tx, { type, caller, registryKey, resource, before: { policy } });
    }
  });
}

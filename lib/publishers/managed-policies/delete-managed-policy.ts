import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findAttachments } from './find-attachments.ts';
import { getManagedPolicy, lockManagedPolicies } from './policy-store.ts';

type Input = { caller: Caller; registryKey: bigint; name: string };

/** Deletes a managed policy that is attached to nobody, with its versions. @throws AppError `forbidden`, `not_found`, `conflict` */
export async function deleteManagedPolicy(app: { db: Db }, { caller, registryKey, name }: Input): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockManagedPolicies(tx, { caller, registryKey });
    const { id, versions } = await getManagedPolicy(tx, { registryKey, name });
    const [attachment] = await findAttachments(tx, { registryKey, policy: name });
    if (attachment) {
      const message = `The policy ${name} is attached to ${attachment.name}. Detach it everywhere first.`;
      throw new AppError('conflict', message);
    }
    await tx.managedPolicy.delete({ where: { id } });
    const before = { versions: versions.length, policy: versions.find(({ isDefault }) => isDefault)?.policy ?? null };
    await recordChange(tx, { type: 'policy.delete', caller, registryKey, resource: { name }, before });
  });
}

import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { requireOwnAccessKey } from './own-access-key.ts';

/** Deletes a key for good. Takes effect at once. @throws AppError `not_found`, `forbidden` */
export async function deleteAccessKey(
  app: { db: Db },
  { caller, accessKeyId, registryKey }: { caller: UserCaller; accessKeyId: string; registryKey: bigint },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const { id } = await requireOwnAccessKey(tx, { caller, accessKeyId, registryKey });
    const { count } = await tx.accessKey.deleteMany({ where: { id } });
    if (count === 0) return;
    await recordChange(tx, { caller, registryKey, type: 'access-key.delete', resource: { name: id } });
  });
}

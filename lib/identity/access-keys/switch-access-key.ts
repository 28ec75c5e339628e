import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { requireOwnAccessKey } from './own-access-key.ts';

/** Disables a key, or enables it again. Takes effect at once. @throws AppError `not_found`, `forbidden` */
export async function switchAccessKey(
  app: { db: Db },
  {
    caller,
    accessKeyId,
    registryKey,
    isEnabled,
  }: { caller: UserCaller; accessKeyId: string; registryKey: bigint; isEnabled: boolean },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const { id } = await requireOwnAccessKey(tx, { caller, accessKeyId, registryKey });
    const { count } = await tx.accessKey.updateMany({
      where: { id, disabledAt: isEnabled ? { not: null } : null },
      data: { disabledAt: isEnabled ? null : new Date() },
    });
    if (count === 0) return;
    const type = isEnabled ? 'access-key.enable' : 'access-key.disable';
    await recordChange(tx, { caller, registryKey, type, resource: { name: id } });
  });
}

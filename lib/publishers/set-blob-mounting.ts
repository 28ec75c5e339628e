import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from './lock-registry.sql.ts';

/**
 * Decides whether pushes to a registry may link blobs of other repositories instead of uploading them again.
 * @throws AppError `forbidden`
 */
export async function setBlobMounting(
  app: { db: Db },
  { caller, registryKey, mountsBlobs }: { caller: UserCaller; registryKey: bigint; mountsBlobs: boolean },
): Promise<void> {
  await authorize(app, { ...caller, action: 'ecr:PutAccountSetting', registryKey });
  await app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const where = { id: registryKey };
    const before = await tx.registry.findUniqueOrThrow({ where, select: { registryId: true, mountsBlobs: true } });
    if (before.mountsBlobs === mountsBlobs) return;
    await tx.registry.update({ where, data: { mountsBlobs }, select: { id: true } });
    await recordChange(tx, {
      type: 'registry.set-blob-mounting',
      caller,
      registryKey,
      resource: { name: before.registryId },
      before: { mountsBlobs: before.mountsBlobs },
      after: { mountsBlobs },
    });
  });
}

import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRoles, requireRole } from './role-store.ts';

type Input = { caller: Caller; registryKey: bigint; name: string };

/** Removes a role. Its sessions end at once. @throws AppError `forbidden`, `not_found` */
export async function removeRole(app: { db: Db }, { caller, registryKey, name }: Input): Promise<void> {
  await app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    const { userId, permission, trustPolicy } = await requireRole(tx, { caller, registryKey, name });
    await tx.user.delete({ where: { id: userId } });
    const before = { permission, trustPolicy };
    await recordChange(tx, { type: 'role.remove', caller, registryKey, resource: { name }, before });
  });
}

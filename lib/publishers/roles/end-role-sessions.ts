import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRoles, requireRole } from './role-store.ts';

type Input = { caller: Caller; registryKey: bigint; name: string };

/** Ends all sessions of a role. Anyone it trusts may assume it again. @throws AppError `forbidden`, `not_found` */
export async function endRoleSessions(
  app: { db: Db },
  { caller, registryKey, name }: Input,
): Promise<{ count: number }> {
  return app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    const { userId } = await requireRole(tx, { caller, registryKey, name });
    const { count } = await tx.accessKey.deleteMany({ where: { userId, expiresAt: { gt: new Date() } } });
    if (count > 0) {
      const before = { count };
      await recordChange(tx, { type: 'role.end-sessions', caller, registryKey, resource: { name }, before });
    }
    return { count };
  });
}

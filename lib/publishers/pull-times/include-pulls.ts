import { z } from 'zod';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';

/**
 * Lets a member's pulls count as use of an image again.
 * @throws AppError `forbidden`, `not_found`
 */
export async function includePulls(
  app: { db: Db },
  { caller, registryKey, userId }: { caller: UserCaller; registryKey: bigint; userId: string },
): Promise<void> {
  await authorize(app, { ...caller, action: 'ecr:DeregisterPullTimeUpdateExclusion', registryKey });
  await app.db.$transaction(async (tx) => {
    const where = { registryKey, userId };
    const { count } = z.uuid().safeParse(userId).success
      ? await tx.pullTimeExclusion.deleteMany({ where })
      : { count: 0 };
    if (count === 0) throw new AppError('not_found', "The member's pulls aren't excluded.");
    const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
    await recordChange(tx, { type: 'member.include-pulls', caller, registryKey, resource: { name: email } });
  });
}

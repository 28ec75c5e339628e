import { z } from 'zod';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';

const MAX_EXCLUSIONS = 100;

type Input = { caller: UserCaller; registryKey: bigint; userId: string };

/**
 * Keeps a member's pulls from counting as use of an image.
 * @throws AppError `forbidden`, `not_found` unless they are a member, `conflict` if they are already excluded,
 * `quota_exceeded`
 */
export async function excludePulls(
  app: { db: Db },
  { caller, registryKey, userId }: Input,
): Promise<{ createdAt: Date }> {
  await authorize(app, { ...caller, action: 'ecr:RegisterPullTimeUpdateExclusion', registryKey });
  return app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const where = { registryKey_userId: { registryKey, userId } };
    const member = z.uuid().safeParse(userId).success
      ? await tx.member.findUnique({ where, select: { registry: true, user: true, pullTimeExclusion: true } })
      : null;
    if (!member) throw new AppError('not_found', 'The registry has no such member.');
    if (member.pullTimeExclusion) throw new AppError('conflict', "The member's pulls are already excluded.");
    if ((await tx.pullTimeExclusion.count({ where: { registryKey } })) >= MAX_EXCLUSIONS) {
      throw new AppError('quota_exceeded', `A registry can exclude the pulls of at most ${MAX_EXCLUSIONS} members.`);
    }
    const { createdAt } = await tx.pullTimeExclusion.create({ data: { registryKey, userId } });
    const resource = { name: member.user.email };
    await recordChange(tx, { type: 'member.exclude-pulls', caller, registryKey, resource });
    return { createdAt };
  });
}

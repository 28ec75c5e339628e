import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockRobots, requireRobot } from './robot-store.ts';
import { robotChangeSchema, type RobotRole } from './schema.ts';

export type UpdateRobotInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  role?: RobotRole | undefined;
  description?: string | undefined;
  /** The credentials of a disabled robot are refused, and work again once it is enabled. */
  isEnabled?: boolean | undefined;
};

/** Changes a robot. Takes effect at once. @throws AppError `invalid_input`, `forbidden`, `not_found` */
export async function updateRobot(app: { db: Db }, input: UpdateRobotInput): Promise<void> {
  const { caller, registryKey, name } = input;
  const change = parseInput(robotChangeSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockRobots(tx, { caller, registryKey });
    const robot = await requireRobot(tx, { caller, registryKey, name, ...(change.role && { toRole: change.role }) });
    const { userId, role, description } = robot;
    const before = { role, description, isEnabled: robot.disabledAt === null };
    const after = {
      role: change.role ?? before.role,
      description: change.description ?? before.description,
      isEnabled: change.isEnabled ?? before.isEnabled,
    };
    const isSame = (['role', 'description', 'isEnabled'] as const).every((field) => before[field] === after[field]);
    if (isSame) return;
    const disabledAt = after.isEnabled ? null : (robot.disabledAt ?? new Date());
    await tx.user.update({ where: { id: userId }, data: { description: after.description, disabledAt } });
    await tx.member.update({ where: { registryKey_userId: { registryKey, userId } }, data: { role: after.role } });
    await recordChange(tx, { type: 'robot.update', caller, registryKey, resource: { name }, before, after });
  });
}

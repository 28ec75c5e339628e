import { authorize } from '#lib/access/authorize.ts';
import { robotAddress, type Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { getRegistryId, lockRobots } from './robot-store.ts';
import { MAX_ROBOTS, newRobotSchema, type RobotRole } from './schema.ts';

export type CreateRobotInput = {
  caller: Caller;
  registryKey: bigint;
  name: string;
  role: RobotRole;
  description: string;
};

export type CreatedRobot = { registryId: string; name: string; role: RobotRole; description: string };

/**
 * Creates a robot without credentials. It belongs to the registry, so it stays when the member who created it leaves.
 * @throws AppError `invalid_input`, `forbidden`, `name_taken`, `quota_exceeded`
 */
export async function createRobot(app: { db: Db }, input: CreateRobotInput): Promise<CreatedRobot> {
  const { caller, registryKey } = input;
  const { name, role, description } = parseInput(newRobotSchema, input);
  return app.db.$transaction(async (tx) => {
    await lockRobots(tx, { caller, registryKey });
    const asked = { action: 'vitrine:ManageRobots', registryKey, facts: { toRole: role } } as const;
    await authorize({ db: tx }, { ...caller, ...asked });
    const { registryId } = await getRegistryId(tx, registryKey);
    const email = robotAddress({ registryId, name });
    if ((await tx.user.count({ where: { email } })) > 0) throw nameTaken(name);
    if ((await tx.user.count({ where: { registryKey, kind: 'robot' } })) >= MAX_ROBOTS) {
      throw new AppError('quota_exceeded', `A registry can have at most ${MAX_ROBOTS} robots. Remove one first.`);
    }
    const members = { create: { registryKey, role } };
    await tx.user.create({ data: { kind: 'robot', email, displayName: name, description, registryKey, members } });
    const after = { role, description };
    await recordChange(tx, { type: 'robot.create', caller, registryKey, resource: { name }, after });
    return { registryId, name, role, description };
  });
}

function nameTaken(name: string): AppError {
  const message = `This registry already has a robot named ${name}.`;
  return new AppError('name_taken', message, { detail: { fieldErrors: { name: message } } });
}

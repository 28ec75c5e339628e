import type { App } from '#lib/app.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createRobot } from '#lib/publishers/robots/create-robot.ts';
import { removeRobot } from '#lib/publishers/robots/remove-robot.ts';
import { listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { ROBOT_ROLES } from '#lib/publishers/robots/schema.ts';
import { findRegistry } from '#lib/repositories/find-repository.ts';
import { print, required, withApp, type Command, type OptionValues } from './command.ts';

const caller = SYSTEM_CALLER;
const REGISTRY_OPTION = { value: 'ID', doc: '12 digits', isRequired: true };
const NAME_OPTION = { value: 'NAME', doc: 'Name of the robot', isRequired: true };

export const createRobotCommand: Command = {
  summary: 'Create a robot of a registry, without credentials',
  options: {
    registry: REGISTRY_OPTION,
    name: NAME_OPTION,
    role: { value: 'ROLE', doc: `${ROBOT_ROLES.join(', ')} (default: pusher)` },
    description: { value: 'TEXT', doc: 'What the robot is for' },
  },
  run: async (values) => {
    const role = ROBOT_ROLES.find((known) => known === (values.role ?? 'pusher'));
    if (!role) throw new AppError('invalid_input', `--role must be one of ${ROBOT_ROLES.join(', ')}.`);
    const description = typeof values.description === 'string' ? values.description : '';
    const input = { caller, name: required(values, 'name'), role, description };
    const robot = await withApp(async (app) =>
      createRobot(app, { ...input, registryKey: await findRegistryKey(app, required(values, 'registry')) }),
    );
    print(values, robot, [`Created the robot ${robot.name} (${role}) of registry ${robot.registryId}.`]);
  },
};

export const listRobotsCommand: Command = {
  summary: "List a registry's robots",
  options: { registry: REGISTRY_OPTION },
  run: async (values) => {
    const robots = await withApp(async (app) =>
      listRobots(app, { caller, registryKey: await findRegistryKey(app, required(values, 'registry')) }),
    );
    const rows = robots.map(({ name, role, description, disabledAt, lastUsedAt }) => {
      return { name, role, description, isEnabled: disabledAt === null, lastUsedAt: lastUsedAt?.toISOString() ?? null };
    });
    const lines = rows.map((row) => {
      const use = row.lastUsedAt === null ? 'never used' : `last used ${row.lastUsedAt}`;
      return `${row.name} (${row.role}${row.isEnabled ? '' : ', disabled'}), ${use}`;
    });
    print(values, { robots: rows }, lines.length === 0 ? ['No robots yet.'] : lines);
  },
};

export const removeRobotCommand: Command = {
  summary: 'Remove a robot with its access tokens and access keys',
  options: { registry: REGISTRY_OPTION, name: NAME_OPTION },
  run: async (values) => {
    const robot = { name: required(values, 'name'), registryId: required(values, 'registry') };
    await withApp(async (app) =>
      removeRobot(app, { caller, name: robot.name, registryKey: await findRegistryKey(app, robot.registryId) }),
    );
    print(values, robot, [`Removed the robot ${robot.name} of registry ${robot.registryId}.`]);
  },
};

/** @throws AppError `not_found` */
export async function findRegistryKey(app: App, registryId: string): Promise<bigint> {
  const found = await findRegistry(app, registryId);
  if (!found) throw new AppError('not_found', `Registry ${registryId} doesn't exist.`);
  return found.id;
}

/**
 * Reads `--email` or `--robot`, of which one is required. A robot needs `--registry` too.
 * @throws AppError `invalid_input`
 */
export function readHolder(values: OptionValues): { email: string } | { robot: string; registryId: string } {
  const { email, robot } = values;
  if ((email === undefined) === (robot === undefined)) {
    throw new AppError('invalid_input', 'Either --email or --robot is required. --help lists the options.');
  }
  if (robot === undefined) return { email: required(values, 'email') };
  return { robot: required(values, 'robot'), registryId: required(values, 'registry') };
}

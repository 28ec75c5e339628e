import type { App } from '#lib/app.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createRobotKey } from '#lib/publishers/robots/create-robot-key.ts';
import { print, withApp, type Command, type OptionValues } from './command.ts';
import { findRegistryKey, readHolder } from './robot.ts';
import { findCallerByEmail } from './token.ts';

export const createAccessKeyCommand: Command = {
  summary: 'Create an access key for the AWS CLI, SDKs and Terraform, and print its secret once',
  options: {
    email: { value: 'EMAIL', doc: 'Email address of the member' },
    robot: { value: 'NAME', doc: 'Name of the robot, instead of an email address' },
    registry: { value: 'ID', doc: "12 digits; required for a robot (default: the member's own registry)" },
  },
  run: async (values) => {
    const holder = readHolder(values);
    const key = await withApp((app) => createKey(app, holder, values));
    print(values, key, [
      `AWS_ACCESS_KEY_ID=${key.accessKeyId}`,
      `AWS_SECRET_ACCESS_KEY=${key.secretAccessKey}`,
      '',
      `For registry ${key.registryId}. This secret is not shown again.`,
    ]);
  },
};

async function createKey(app: App, holder: ReturnType<typeof readHolder>, values: OptionValues) {
  if ('robot' in holder) {
    const { robot: name, registryId } = holder;
    return createRobotKey(app, { caller: SYSTEM_CALLER, registryKey: await findRegistryKey(app, registryId), name });
  }
  const { registry } = values;
  const caller = await findCallerByEmail(app, parseInput(emailSchema, holder.email));
  const registryKey =
    typeof registry === 'string' ? await findRegistryKey(app, registry) : await ensureRegistry(app, { caller });
  return createAccessKey(app, { caller, registryKey });
}

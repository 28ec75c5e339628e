import type { App } from '#lib/app.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { findRegistry } from '#lib/repositories/find-repository.ts';
import { print, required, withApp, type Command } from './command.ts';
import { findCallerByEmail } from './token.ts';

export const createAccessKeyCommand: Command = {
  summary: 'Create an access key for the AWS CLI, SDKs and Terraform, and print its secret once',
  options: {
    email: { value: 'EMAIL', doc: 'Email address of the member', isRequired: true },
    registry: { value: 'ID', doc: "12 digits (default: the member's own registry)" },
  },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const { registry } = values;
    const key = await withApp(async (app) => {
      const caller = await findCallerByEmail(app, email);
      const registryKey =
        typeof registry === 'string' ? await findRegistryKey(app, registry) : await ensureRegistry(app, { caller });
      return createAccessKey(app, { caller, registryKey });
    });
    print(values, key, [
      `AWS_ACCESS_KEY_ID=${key.accessKeyId}`,
      `AWS_SECRET_ACCESS_KEY=${key.secretAccessKey}`,
      '',
      `For registry ${key.registryId}. This secret is not shown again.`,
    ]);
  },
};

async function findRegistryKey(app: App, registryId: string): Promise<bigint> {
  const registry = await findRegistry(app, registryId);
  if (!registry) throw new AppError('not_found', `Registry ${registryId} doesn't exist.`);
  return registry.id;
}

import type { App } from '#lib/app.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { NO_REQUEST, SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { findUserByEmail } from '#lib/identity/accounts/find-user-by-email.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { createRobotToken } from '#lib/publishers/robots/create-robot-token.ts';
import { print, withApp, type Command, type OptionValues } from './command.ts';
import { findRegistryKey, readHolder } from './robot.ts';

const DEFAULT_DAYS = 90;

export const createTokenCommand: Command = {
  summary: 'Create an access token and print its secret once',
  options: {
    email: { value: 'EMAIL', doc: 'Email address of the user' },
    robot: { value: 'NAME', doc: 'Name of the robot, instead of an email address' },
    registry: { value: 'ID', doc: "12 digits: the robot's registry" },
    scope: {
      value: 'SCOPE',
      doc: 'pull, push, delete, repository:ALIAS/NAME:pull,push, api:read or api:write (repeatable, default: push)',
      multiple: true,
    },
    name: { value: 'NAME', doc: 'Name of the token (default: command line)' },
    days: { value: 'DAYS', doc: `Days until it expires, or never (default: ${DEFAULT_DAYS})` },
  },
  run: async (values) => {
    const holder = readHolder(values);
    const token = await withApp((app) => createToken(app, holder, values));
    const { id, secret, scopes } = token;
    const expiresAt = token.expiresAt?.toISOString() ?? null;
    const data = { id, ...holder, secret, scopes, expiresAt };
    print(values, data, [
      secret,
      '',
      `Scopes ${scopes.join(' ')}; ${expiresAt ? `expires ${expiresAt}` : 'never expires'}. This secret is not shown again.`,
    ]);
  },
};

async function createToken(app: App, holder: ReturnType<typeof readHolder>, values: OptionValues) {
  const name = typeof values.name === 'string' ? values.name : 'command line';
  const input = { scopes: readScopes(values.scope), expiresInDays: readDays(values.days) };
  if ('email' in holder) {
    const caller = await findCallerByEmail(app, parseInput(emailSchema, holder.email));
    return createAccessToken(app, { caller, name, ...input });
  }
  const registryKey = await findRegistryKey(app, holder.registryId);
  return createRobotToken(app, { caller: SYSTEM_CALLER, registryKey, name: holder.robot, tokenName: name, ...input });
}

export async function findCallerByEmail(app: App, email: string): Promise<UserCaller> {
  const principal = await findUserByEmail(app, { email });
  if (!principal)
    throw new AppError('not_found', `No account uses the address ${email}. Create it with \`user create\`.`);
  return { principal, context: NO_REQUEST };
}

/**
 * Accepts `--scope push --scope delete`, `--scope "push delete"` and, for scopes without a colon, `--scope
 * push,delete`.
 */
function readScopes(value: unknown): string[] {
  const texts = Array.isArray(value) ? (value as string[]) : ['push'];
  return texts.flatMap((text) => text.split(text.includes(':') ? /\s+/ : /[\s,]+/)).filter((text) => text !== '');
}

function readDays(value: unknown): number | null {
  if (value === undefined) return DEFAULT_DAYS;
  if (value === 'never') return null;
  const days = Number(value);
  if (Number.isInteger(days)) return days;
  throw new AppError('invalid_input', '--days must be a number of days or never.');
}

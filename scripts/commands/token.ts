import type { App } from '#lib/app.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { NO_REQUEST, type UserCaller } from '#lib/access/schema.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { findUserByEmail } from '#lib/identity/accounts/find-user-by-email.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { print, required, withApp, type Command } from './command.ts';

const DEFAULT_DAYS = 90;

export const createTokenCommand: Command = {
  summary: 'Create an access token and print its secret once',
  options: {
    email: { value: 'EMAIL', doc: 'Email address of the user', isRequired: true },
    scope: {
      value: 'SCOPE',
      doc: 'pull, push, delete, repository:ALIAS/NAME:pull,push, api:read or api:write (repeatable, default: push)',
      multiple: true,
    },
    name: { value: 'NAME', doc: 'Name of the token (default: command line)' },
    days: { value: 'DAYS', doc: `Days until it expires, or never (default: ${DEFAULT_DAYS})` },
  },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const token = await withApp(async (app) =>
      createAccessToken(app, {
        caller: await findCallerByEmail(app, email),
        name: typeof values.name === 'string' ? values.name : 'command line',
        scopes: readScopes(values.scope),
        expiresInDays: readDays(values.days),
      }),
    );
    const { id, secret, scopes } = token;
    const expiresAt = token.expiresAt?.toISOString() ?? null;
    const data = { id, email, secret, scopes, expiresAt };
    print(values, data, [
      secret,
      '',
      `Scopes ${scopes.join(' ')}; ${expiresAt ? `expires ${expiresAt}` : 'never expires'}. This secret is not shown again.`,
    ]);
  },
};

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

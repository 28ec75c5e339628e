import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { enableUser } from '#lib/identity/accounts/enable-user.ts';
import { createUser } from '#lib/identity/accounts/create-user.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { vouchForEmail } from '#lib/identity/email/vouch-for-email.ts';
import { AppError } from '#lib/platform/errors.ts';
import { resetFactors } from '#lib/identity/factors/reset-factors.ts';
import { createEmailLink } from '#lib/identity/password-reset/create-email-link.ts';
import { createResetLink, type AccountLink } from '#lib/identity/password-reset/create-reset-link.ts';
import type { App } from '#lib/app.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { print, required, withApp, type Command } from './command.ts';

const ROLES = ['user', 'reviewer', 'admin'] as const;

export const createUserCommand: Command = {
  summary: 'Create an account that can sign in at once',
  options: {
    email: { value: 'EMAIL', doc: 'Email address to sign in with', isRequired: true },
    password: { value: 'PASSWORD', doc: 'At least 10 characters', isRequired: true },
    name: { value: 'NAME', doc: 'Display name (default: the part before the @)' },
    role: { value: 'ROLE', doc: 'user, reviewer or admin (default: user)' },
  },
  flags: {
    'take-over': 'Take the address over from an account that never confirmed it',
  },
  run: async (values) => {
    const email = required(values, 'email');
    const password = required(values, 'password');
    const displayName = typeof values.name === 'string' ? values.name : (email.split('@')[0] ?? email);
    const role = ROLES.find((known) => known === (values.role ?? 'user'));
    if (!role) throw new AppError('invalid_input', `--role must be one of ${ROLES.join(', ')}.`);
    const input = {
      email,
      password,
      displayName,
      role,
      isTakeOver: values['take-over'] === true,
      caller: SYSTEM_CALLER,
    };
    const user = await withApp((app) => createUser(app, input));
    const data = { userId: user.userId, email: user.email, role };
    print(values, data, [`Created the account ${user.email} (${role}).`]);
  },
};

export const vouchUserCommand: Command = {
  summary: "Confirm that an account's email address belongs to its holder",
  options: { email: { value: 'EMAIL', doc: 'Email address of the account', isRequired: true } },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const userId = await withApp(async (app) => {
      const userId = await findUserId(app, email);
      await vouchForEmail(app, { caller: SYSTEM_CALLER, userId, email });
      return userId;
    });
    print(values, { userId, email }, [`Confirmed the address ${email}.`]);
  },
};

export const resetLinkCommand: Command = {
  summary: "Create a one-time link that sets an account's password",
  options: { email: { value: 'EMAIL', doc: 'Email address of the account', isRequired: true } },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const link = await withApp(async (app) =>
      createResetLink(app, { caller: SYSTEM_CALLER, userId: await findUserId(app, email) }),
    );
    printLink(values, link, `Give this link to the user of ${email}. It sets a new password once:`);
  },
};

export const emailLinkCommand: Command = {
  summary: "Create a one-time link that confirms or changes an account's email address",
  options: {
    email: { value: 'EMAIL', doc: 'Email address of the account', isRequired: true },
    to: { value: 'EMAIL', doc: 'The new address (default: the current one, to confirm it)' },
  },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const to = typeof values.to === 'string' ? values.to : email;
    const link = await withApp(async (app) =>
      createEmailLink(app, { caller: SYSTEM_CALLER, userId: await findUserId(app, email), email: to }),
    );
    printLink(values, link, `Give this link to the user of ${email}, who must be signed in. It works once:`);
  },
};

export const resetFactorsCommand: Command = {
  summary: "Remove an account's passkeys, authenticator app and recovery codes",
  options: { email: { value: 'EMAIL', doc: 'Email address of the account', isRequired: true } },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const userId = await withApp(async (app) => {
      const userId = await findUserId(app, email);
      await resetFactors(app, { caller: SYSTEM_CALLER, userId });
      return userId;
    });
    print(values, { userId, email }, [`Removed the second factors of ${email} and ended its sessions.`]);
  },
};

export const disableUserCommand: Command = {
  summary: 'Disable an account at once, with its sessions, access tokens, access keys and sessions of roles',
  options: {
    email: { value: 'EMAIL', doc: 'Email address of the account', isRequired: true },
    reason: { value: 'TEXT', doc: 'Reason, for the audit log', isRequired: true },
  },
  flags: { 'end-memberships': 'Also leave all registries that have another owner' },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const input = { reason: required(values, 'reason'), endMemberships: values['end-memberships'] === true };
    const { userId, left, kept } = await withApp(async (app) => {
      const userId = await findUserId(app, email);
      return { userId, ...(await disableUser(app, { caller: SYSTEM_CALLER, userId, ...input })) };
    });
    const lines = [`Disabled the account ${email}.`];
    if (left > 0) lines.push(`It left ${left} ${left === 1 ? 'registry' : 'registries'}.`);
    if (kept.length > 0) lines.push(`It stays the only owner of ${kept.join(', ')}.`);
    print(values, { userId, email, registriesLeft: left, registriesKept: kept }, lines);
  },
};

export const enableUserCommand: Command = {
  summary: 'Enable a disabled account. What ended stays ended',
  options: { email: { value: 'EMAIL', doc: 'Email address of the account', isRequired: true } },
  run: async (values) => {
    const email = parseInput(emailSchema, required(values, 'email'));
    const userId = await withApp(async (app) => {
      const userId = await findUserId(app, email);
      await enableUser(app, { caller: SYSTEM_CALLER, userId });
      return userId;
    });
    print(values, { userId, email }, [`Enabled the account ${email}.`]);
  },
};

async function findUserId(app: App, email: string): Promise<string> {
  const user = await app.db.user.findUnique({ where: { email }, select: { id: true } });
  if (!user) throw new AppError('not_found', `No account uses the address ${email}.`);
  return user.id;
}

function printLink(values: Parameters<typeof print>[0], { url, expiresAt }: AccountLink, words: string): void {
  print(values, { url, expiresAt: expiresAt.toISOString() }, [words, url, `Expires at ${expiresAt.toISOString()}.`]);
}

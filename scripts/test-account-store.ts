import { encode } from 'next-auth/jwt';
import { z } from 'zod';
import { NO_REQUEST, SYSTEM_CALLER } from '#lib/access/schema.ts';
import { createApp } from '#lib/create-app.ts';
import { createUser } from '#lib/identity/accounts/create-user.ts';
import { findUserByEmail } from '#lib/identity/accounts/find-user-by-email.ts';
import { toSessionUser } from '#lib/identity/accounts/store.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { signUpUser } from '#lib/identity/sign-up/sign-up-user.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';

export type AccountStore = {
  operations: Record<string, (input: unknown) => Promise<unknown>>;
  close: () => Promise<void>;
};

const account = z.object({ email: z.string(), password: z.string(), displayName: z.string() });
const staff = account.extend({ role: z.enum(['user', 'reviewer', 'admin']) });
const token = z.object({ email: z.string(), scopes: z.array(z.string()) });
const session = z.object({ email: z.string(), userAgent: z.string() });

const CLIENT = { address: '127.0.0.1', requestId: null };
const TOKEN_DAYS = 90;

export async function openAccounts(settings: Record<string, string>): Promise<AccountStore> {
  const app = await createApp(readConfig({ ...settings, DATABASE_POOL_SIZE: '4' }), createLog('silent', false));
  return {
    operations: {
      /** As at the command line: the address counts as proven. */
      'create-user': (input) => createUser(app, { ...staff.parse(input), caller: SYSTEM_CALLER }),
      /** As by the form. */
      'sign-up': (input) => signUpUser(app, { ...account.parse(input), address: CLIENT.address }),
      'create-token': async (input) => {
        const { email, scopes } = token.parse(input);
        const principal = await findUserByEmail(app, { email });
        if (!principal) throw new Error(`no account ${email}`);
        const caller = { principal, context: NO_REQUEST };
        return createAccessToken(app, { caller, name: 'command line', scopes, expiresInDays: TOKEN_DAYS });
      },
      /** Answers the value of the session cookie. */
      'start-session': async (input) => {
        const { email, userAgent } = session.parse(input);
        const user = toSessionUser(await app.db.user.findUniqueOrThrow({ where: { email } }));
        const sessionId = await openTestSession(app, { user, userAgent, ...CLIENT });
        return { cookie: await encode({ token: { sub: user.userId, sessionId }, secret: app.authKeys.session }) };
      },
    },
    close: () => app.close(),
  };
}

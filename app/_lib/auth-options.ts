import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { SIGN_IN } from '#components/links.ts';
import { endSession } from '#lib/identity/end-session.ts';
import { signInUser } from '#lib/identity/sign-in-user.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { getApp } from '#lib/app.ts';
import { safePath } from './safe-path.ts';
import { getOrigin, openSession } from './session.ts';
import { hasSecureCookies, SESSION_SECONDS } from './session-cookie.ts';

/** Made at each use: the keys are known only once server.ts has built the App. */
export function getAuthOptions(): NextAuthOptions {
  const app = getApp();
  return {
    secret: app.authKeys.session,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    useSecureCookies: hasSecureCookies(),
    pages: { signIn: SIGN_IN, error: SIGN_IN },
    providers: [
      CredentialsProvider({
        name: 'Password',
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        authorize: async (credentials) => {
          const { email = '', password = '' } = credentials ?? {};
          try {
            const { address } = await getOrigin();
            const user = await signInUser(app, { email, password, address });
            const sessionId = await openSession(user, 'password');
            return { id: user.userId, name: user.displayName, email: user.email, sessionId };
          } catch (error) {
            if (isAppError(error)) return null;
            throw error;
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => ({ ...token, ...(user && 'sessionId' in user && { sessionId: user.sessionId }) }),
      redirect: ({ url, baseUrl }) =>
        baseUrl + safePath(url.startsWith(baseUrl) ? url.slice(baseUrl.length) : url, '/'),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token['sessionId'] === 'string') await endSession(app, { sessionId: token['sessionId'] });
      },
    },
  };
}

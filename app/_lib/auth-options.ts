import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { SIGN_IN } from '#components/links.ts';
import { signInUser } from '#lib/identity/sign-in-user.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { getApp } from '#lib/app.ts';
import { safePath } from './safe-path.ts';

export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** What a session's token carries beside next-auth's own claims; everything else is looked up at each request. */
export type SessionClaims = { sub: string; sessionVersion: number };

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
            const user = await signInUser(app, { email, password });
            return { id: user.userId, name: user.displayName, email: user.email, sessionVersion: user.sessionVersion };
          } catch (error) {
            if (isAppError(error)) return null;
            throw error;
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => {
        const sessionVersion = user && 'sessionVersion' in user ? user.sessionVersion : token['sessionVersion'];
        return { ...token, sessionVersion };
      },
      redirect: ({ url, baseUrl }) =>
        baseUrl + safePath(url.startsWith(baseUrl) ? url.slice(baseUrl.length) : url, '/'),
    },
  };
}

export function sessionCookieName(): string {
  return `${hasSecureCookies() ? '__Secure-' : ''}next-auth.session-token`;
}

export function hasSecureCookies(): boolean {
  return getApp().config.publicUrl.startsWith('https:');
}

import { cookies } from 'next/headers';
import type { Account, NextAuthOptions, Profile, User } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { CONSOLE, SIGN_IN, withQuery } from '#components/links.ts';
import { endSession } from '#lib/identity/sessions/end-session.ts';
import { findRecentSessionUser } from '#lib/identity/accounts/confirm-identity.ts';
import { signInByOidc } from '#lib/identity/sessions/sign-in-by-oidc.ts';
import { signInUser } from '#lib/identity/sessions/sign-in-user.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { getApp } from '#lib/app.ts';
import { OIDC_PROVIDER, oidcProvider } from './oidc-provider.ts';
import { askSecondFactor } from './pending-sign-in.ts';
import { safePath } from './safe-path.ts';
import { getOrigin, getSessionId, beginSession } from './session.ts';
import { callbackCookieName, hasSecureCookies, SESSION_SECONDS } from './session-cookie.ts';

/** Built per use, because the keys exist only once server.ts has built the App. */
export function getAuthOptions(): NextAuthOptions {
  const { config, authKeys } = getApp();
  return {
    secret: authKeys.session,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    useSecureCookies: hasSecureCookies(),
    pages: { signIn: SIGN_IN, error: SIGN_IN },
    providers: [
      CredentialsProvider({
        name: 'Password',
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        authorize: signInByPassword,
      }),
      ...(config.oidc ? [oidcProvider(config.oidc)] : []),
    ],
    callbacks: {
      signIn: ({ user, account, profile }) => admitOidcUser(user, account, profile),
      jwt: ({ token, user }) => ({ ...token, ...(user && 'sessionId' in user && { sessionId: user.sessionId }) }),
      redirect: ({ url, baseUrl }) =>
        baseUrl + safePath(url.startsWith(baseUrl) ? url.slice(baseUrl.length) : url, '/'),
    },
    events: {
      signOut: async ({ token }) => {
        const { sessionId } = token;
        if (typeof sessionId === 'string') await endSession(getApp(), { sessionId, context: await getOrigin() });
      },
    },
    logger: {
      error: (code, metadata) => getApp().log.warn({ code, err: errorOf(metadata) }, 'a sign-in failed'),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

async function signInByPassword(credentials: Record<'email' | 'password', string> | undefined): Promise<User | null> {
  const { email = '', password = '' } = credentials ?? {};
  try {
    const user = await signInUser(getApp(), { email, password, ...(await getOrigin()) });
    const started = await beginSession(user, 'password');
    // This endpoint of next-auth can't ask for a second factor. The sign-in page does.
    if (started.kind === 'second_factor') return null;
    const { userId, displayName, email: address } = user;
    return { id: userId, name: displayName, email: address, sessionId: started.sessionId } as User;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

/** Returns true, or the error page. Passes its findings on in `user`, which next-auth hands to `jwt`. */
async function admitOidcUser(
  user: User,
  account: Account | null,
  profile: Profile | undefined,
): Promise<true | string> {
  if (account?.provider !== OIDC_PROVIDER) return true;
  const app = getApp();
  try {
    const currentUserId = await findRecentSessionUser(app, { sessionId: await getSessionId() });
    const found = await signInByOidc(app, {
      claims: { ...profile },
      currentUserId,
      ...(await getOrigin()),
    });
    const started = await beginSession(found, 'oidc');
    if (started.kind === 'second_factor') return await askSecondFactor(started.secret, await readCallbackPath());
    const { userId, displayName, email } = found;
    Object.assign(user, { id: userId, name: displayName, email, sessionId: started.sessionId });
    return true;
  } catch (error) {
    const detail = isAppError(error) ? error.detail : null;
    const hasReason = typeof detail === 'object' && detail !== null && 'refusal' in detail;
    if (!isAppError(error)) app.log.error({ err: error }, 'a sign-in by the issuer failed');
    return withQuery(SIGN_IN, { error: hasReason ? String(detail.refusal) : 'OAuthCallback' });
  }
}

/** Reads the page that next-auth would redirect to. */
async function readCallbackPath(): Promise<string> {
  const url = (await cookies()).get(callbackCookieName())?.value ?? '';
  const { publicUrl } = getApp().config;
  return safePath(url.startsWith(publicUrl) ? url.slice(publicUrl.length) : url, CONSOLE);
}

function errorOf(metadata: unknown): unknown {
  return typeof metadata === 'object' && metadata !== null && 'error' in metadata ? metadata.error : metadata;
}

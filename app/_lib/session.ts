import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { decode, encode } from 'next-auth/jwt';
import { cache } from 'react';
import { signInLink } from '#components/links.ts';
import { findSessionUser } from '#lib/identity/find-session-user.ts';
import type { Caller, SessionUser } from '#lib/identity/schema.ts';
import { getApp } from '#lib/app.ts';
import { hasSecureCookies, SESSION_SECONDS, sessionCookieName, type SessionClaims } from './auth-options.ts';

/** Who sends this request: looked up each time, so that a disabled account or an ended session stops at once. */
export const getCaller = cache(async (): Promise<Caller | null> => {
  const app = getApp();
  const token = (await cookies()).get(sessionCookieName())?.value;
  const claims = token ? await decode({ token, secret: app.authKeys.session }).catch(() => null) : null;
  if (typeof claims?.sub !== 'string' || typeof claims['sessionVersion'] !== 'number') return null;
  const actor = await findSessionUser(app, { userId: claims.sub, sessionVersion: claims['sessionVersion'] });
  return actor && { actor, ...(await getOrigin()) };
});

/** Sends a visitor to the sign-in page and from there back to `path`. */
export async function requireCaller(path: string): Promise<Caller> {
  return (await getCaller()) ?? redirect(signInLink(path));
}

/** Where a request comes from, as server.ts has stamped it. */
export async function getOrigin(): Promise<{ address: string | null; requestId: string | null }> {
  const list = await headers();
  return { address: list.get('x-client-address') || null, requestId: list.get('x-request-id') };
}

/** The same cookie that next-auth sets. For server actions. */
export async function startSession(user: SessionUser): Promise<void> {
  const claims: SessionClaims = { sub: user.userId, sessionVersion: user.sessionVersion };
  const token = { ...claims, name: user.displayName, email: user.email };
  const value = await encode({ token, secret: getApp().authKeys.session, maxAge: SESSION_SECONDS });
  (await cookies()).set(sessionCookieName(), value, {
    httpOnly: true,
    sameSite: 'lax',
    secure: hasSecureCookies(),
    path: '/',
    maxAge: SESSION_SECONDS,
  });
}

export async function endSession(): Promise<void> {
  (await cookies()).delete({ name: sessionCookieName(), path: '/', secure: hasSecureCookies() });
}

import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { decode, encode } from 'next-auth/jwt';
import { cache } from 'react';
import { signInLink } from '#components/links.ts';
import { endSession as endSessionRow } from '#lib/identity/sessions/end-session.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { ANONYMOUS, type Caller, type RequestContext, type UserCaller } from '#lib/access/schema.ts';
import type { SessionUser, SignInMethod } from '#lib/identity/schema.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { startSession, type StartedSession } from '#lib/identity/sessions/start-session.ts';
import { getApp } from '#lib/app.ts';
import { askSecondFactor } from './pending-sign-in.ts';
import { hasSecureCookies, SESSION_SECONDS, sessionCookieName, type SessionClaims } from './session-cookie.ts';

/** Returns the caller. Looked up on every request, so that disabled accounts and ended sessions stop immediately. */
export const getCaller = cache(async (): Promise<UserCaller | null> => {
  const sessionId = await getSessionId();
  const principal = sessionId && (await findSessionUser(getApp(), { sessionId }));
  return principal ? { principal, context: await getOrigin() } : null;
});

/** Returns the caller, or an anonymous one. */
export async function getViewer(): Promise<Caller> {
  return (await getCaller()) ?? { principal: ANONYMOUS, context: await getOrigin() };
}

/** Redirects visitors to the sign-in page, and from there back to `path`. */
export async function requireCaller(path: string): Promise<UserCaller> {
  return (await getCaller()) ?? redirect(signInLink(path));
}

/** Reads the session id from the cookie. Only its row says whether the session is still valid. */
export const getSessionId = cache(async (): Promise<string | null> => {
  const token = (await cookies()).get(sessionCookieName())?.value;
  const claims = token ? await decode({ token, secret: getApp().authKeys.session }).catch(() => null) : null;
  return typeof claims?.['sessionId'] === 'string' ? claims['sessionId'] : null;
});

/** Returns who sent the request. server.ts has set the address. */
export async function getOrigin(): Promise<RequestContext> {
  const list = await headers();
  return {
    address: list.get('x-client-address') || null,
    requestId: list.get('x-request-id'),
    userAgent: list.get('user-agent'),
    site: getApp().config.site,
  };
}

/** Returns the key for rate-limiting expensive work: the user, or else the network. */
export async function getWorkKey(): Promise<string> {
  const caller = await getCaller();
  return caller ? caller.principal.userId : networkOf((await getOrigin()).address ?? '');
}

/** Starts a session, or asks for the second factor. The returned id or secret goes into a cookie. */
export async function beginSession(user: SessionUser, method: SignInMethod): Promise<StartedSession> {
  return startSession(getApp(), { user, method, ...(await getOrigin()) });
}

/**
 * Signs this browser in, for server actions. Returns where to go: to `target`, or first to the page that asks for the
 * second factor.
 */
export async function enterSite(user: SessionUser, method: SignInMethod, target: string): Promise<string> {
  const started = await beginSession(user, method);
  if (started.kind === 'second_factor') return askSecondFactor(started.secret, target);
  await setSessionCookie(user.userId, started.sessionId);
  return target;
}

/** Sets the cookie that next-auth uses. */
export async function setSessionCookie(userId: string, sessionId: string): Promise<void> {
  const token: SessionClaims = { sub: userId, sessionId };
  const value = await encode({ token, secret: getApp().authKeys.session, maxAge: SESSION_SECONDS });
  (await cookies()).set(sessionCookieName(), value, {
    httpOnly: true,
    sameSite: 'lax',
    secure: hasSecureCookies(),
    path: '/',
    maxAge: SESSION_SECONDS,
  });
}

export async function endBrowserSession(): Promise<void> {
  const sessionId = await getSessionId();
  if (sessionId) await endSessionRow(getApp(), { sessionId, context: await getOrigin() });
  (await cookies()).delete({ name: sessionCookieName(), path: '/', secure: hasSecureCookies() });
}

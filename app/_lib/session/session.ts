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
import { startSession as startSessionRow } from '#lib/identity/sessions/start-session.ts';
import { getApp } from '#lib/app.ts';
import { hasSecureCookies, SESSION_SECONDS, sessionCookieName, type SessionClaims } from './session-cookie.ts';

/** Who sends this request: looked up each time, so that a disabled account or an ended session stops at once. */
export const getCaller = cache(async (): Promise<UserCaller | null> => {
  const sessionId = await getSessionId();
  const principal = sessionId && (await findSessionUser(getApp(), { sessionId }));
  return principal ? { principal, context: await getOrigin() } : null;
});

/** The same of a page that visitors see, too. */
export async function getViewer(): Promise<Caller> {
  return (await getCaller()) ?? { principal: ANONYMOUS, context: await getOrigin() };
}

/** Sends a visitor to the sign-in page and from there back to `path`. */
export async function requireCaller(path: string): Promise<UserCaller> {
  return (await getCaller()) ?? redirect(signInLink(path));
}

/** What the cookie says; whether that session goes on, only its row knows. */
export const getSessionId = cache(async (): Promise<string | null> => {
  const token = (await cookies()).get(sessionCookieName())?.value;
  const claims = token ? await decode({ token, secret: getApp().authKeys.session }).catch(() => null) : null;
  return typeof claims?.['sessionId'] === 'string' ? claims['sessionId'] : null;
});

/** Where a request comes from, as server.ts has stamped it. */
export async function getOrigin(): Promise<RequestContext> {
  const list = await headers();
  return {
    address: list.get('x-client-address') || null,
    requestId: list.get('x-request-id'),
    userAgent: list.get('user-agent'),
    site: getApp().config.site,
  };
}

/** By whom expensive work is rationed: the user, or else the network. */
export async function getWorkKey(): Promise<string> {
  const caller = await getCaller();
  return caller ? caller.principal.userId : networkOf((await getOrigin()).address ?? '');
}

/** The same of somebody who signs in, with the browser they use. */
export async function getClient(): Promise<{ address: string | null; userAgent: string | null }> {
  const list = await headers();
  return { address: list.get('x-client-address') || null, userAgent: list.get('user-agent') };
}

/** A row for this browser; its id belongs into the cookie. */
export async function openSession(user: SessionUser, method: SignInMethod): Promise<string> {
  const { sessionId } = await startSessionRow(getApp(), { user, method, ...(await getOrigin()) });
  return sessionId;
}

/** Signs this browser in with the same cookie that next-auth sets. For server actions. */
export async function startBrowserSession(user: SessionUser, method: SignInMethod): Promise<void> {
  const claims: SessionClaims = { sub: user.userId, sessionId: await openSession(user, method) };
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

export async function endBrowserSession(): Promise<void> {
  const sessionId = await getSessionId();
  if (sessionId) await endSessionRow(getApp(), { sessionId, context: await getOrigin() });
  (await cookies()).delete({ name: sessionCookieName(), path: '/', secure: hasSecureCookies() });
}

// next-auth's cookie: a signed token that names a row of sessions.
import { getApp } from '#lib/app.ts';

export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** Claims beyond next-auth's own. Everything else is looked up on each request. */
export type SessionClaims = { sub: string; sessionId: string };

export function sessionCookieName(): string {
  return `${hasSecureCookies() ? '__Secure-' : ''}next-auth.session-token`;
}

export function hasSecureCookies(): boolean {
  return getApp().config.publicUrl.startsWith('https:');
}

/** The name next-auth uses. */
export function csrfCookieName(): string {
  return `${hasSecureCookies() ? '__Host-' : ''}next-auth.csrf-token`;
}

/** The name next-auth uses. */
export function callbackCookieName(): string {
  return `${hasSecureCookies() ? '__Secure-' : ''}next-auth.callback-url`;
}

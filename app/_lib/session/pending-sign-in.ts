// The cookie of a sign-in whose second factor is outstanding. It is no session: it only opens the page that asks.
import { cookies } from 'next/headers';
import { SECOND_FACTOR, withQuery } from '#components/links.ts';
import { PENDING_SIGN_IN_MINUTES } from '#lib/identity/sessions/start-session.ts';
import { hasSecureCookies } from './session-cookie.ts';

const PATH = '/signin';

/** Remembers the sign-in and returns the page that asks for its second factor. */
export async function askSecondFactor(secret: string, target: string): Promise<string> {
  (await cookies()).set(cookieName(), secret, {
    httpOnly: true,
    sameSite: 'lax',
    secure: hasSecureCookies(),
    path: PATH,
    maxAge: PENDING_SIGN_IN_MINUTES * 60,
  });
  return withQuery(SECOND_FACTOR, { callbackUrl: target });
}

export async function getPendingSecret(): Promise<string | null> {
  return (await cookies()).get(cookieName())?.value ?? null;
}

export async function forgetPendingSignIn(): Promise<void> {
  (await cookies()).delete({ name: cookieName(), path: PATH, secure: hasSecureCookies() });
}

function cookieName(): string {
  return `${hasSecureCookies() ? '__Secure-' : ''}vitrine.second-factor`;
}

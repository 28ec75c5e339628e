import { createHash, randomBytes } from 'node:crypto';
import { cookies } from 'next/headers';
import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { CONSOLE } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { getAuthOptions } from '../../_lib/session/auth-options.ts';
import { OIDC_PROVIDER } from '../../_lib/session/oidc-provider.ts';
import { safePath } from '../../_lib/session/safe-path.ts';
import { csrfCookieName, hasSecureCookies } from '../../_lib/session/session-cookie.ts';

/**
 * Redirects to the issuer. next-auth only starts that by a POST with its own token, which would need JavaScript on the
 * page, and the Content-Security-Policy blocks forms to other sites. So this route makes the POST.
 */
export async function GET(request: NextRequest): Promise<Response> {
  const token = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(`${token}${getApp().authKeys.session}`).digest('hex');
  (await cookies()).set(csrfCookieName(), `${token}|${hash}`, {
    httpOnly: true,
    sameSite: 'lax',
    secure: hasSecureCookies(),
    path: '/',
  });
  const callbackUrl = safePath(request.nextUrl.searchParams.get('callbackUrl'), CONSOLE);
  const post = new NextRequest(new URL('/api/auth/signin', request.url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrfToken: token, callbackUrl }),
  });
  const params = Promise.resolve({ nextauth: ['signin', OIDC_PROVIDER] });
  const answer: unknown = await NextAuth(post, { params }, getAuthOptions());
  if (answer instanceof Response) return answer;
  throw new TypeError('next-auth gave no response');
}

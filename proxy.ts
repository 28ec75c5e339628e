// Every page gets a Content-Security-Policy with a nonce of its own; Next reads the nonce off the request's header and
// puts it on the scripts it writes.
import { NextResponse, type NextRequest } from 'next/server';
import { getApp } from '#lib/app.ts';

function contentSecurityPolicy(nonce: string): string {
  // `npm run dev` shows its errors with eval and inline styles.
  const { isDevelopment } = getApp().config;
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self'${isDevelopment ? " 'unsafe-inline'" : ''}`,
    // Pictures in READMEs load through /api/images, so that no other site learns who reads them.
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(crypto.randomUUID().replaceAll('-', ''));
  const headers = new Headers(request.headers);
  headers.set('Content-Security-Policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  return response;
}

export const config = { matcher: ['/((?!_next/|api/).*)'] };

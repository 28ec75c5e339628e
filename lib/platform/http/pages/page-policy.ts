// Gives every page a Content-Security-Policy with a nonce of its own. Next reads the nonce off the request's header and puts it
// on the scripts that it writes. A proxy of Next could do the same, but would cost each page a pass through Next's router.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Files and APIs have no scripts. Those that are opened as pages have policies of their own. */
const NO_PAGE = /^\/(?:_next|api)\//;

export function setPagePolicy(
  req: IncomingMessage,
  res: ServerResponse,
  { isDevelopment }: { isDevelopment: boolean },
): void {
  if (NO_PAGE.test(req.url ?? '')) return;
  const policy = contentSecurityPolicy(randomUUID().replaceAll('-', ''), isDevelopment);
  req.headers['content-security-policy'] = policy;
  res.setHeader('Content-Security-Policy', policy);
}

function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  // `npm run dev` shows its errors with eval and inline styles.
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

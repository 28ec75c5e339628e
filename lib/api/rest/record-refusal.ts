import { findRefusedToken } from '#lib/identity/credentials/refused-token.ts';
import { findDeniedAction } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import type { AppError, ErrorCode } from '#lib/platform/errors.ts';
import type { RestApp } from './define-route.ts';

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['forbidden', 'quarantined', 'rate_limited', 'quota_exceeded']);

/** Records invalid tokens and refused writes in the audit log. */
export function recordRestRefusal(
  app: Pick<RestApp, 'attemptLog'>,
  request: Request,
  caller: Caller,
  error: AppError,
): void {
  const client = { address: request.headers.get('x-client-address'), userAgent: request.headers.get('user-agent') };
  if (error.code === 'unauthenticated') {
    if (!request.headers.has('authorization')) return;
    const attempt = { action: 'login.fail', target: '', reason: error.code } as const;
    return app.attemptLog.note({ ...attempt, ...findRefusedToken(error), ...client });
  }
  const { principal } = caller;
  if (principal.kind !== 'user' || request.method === 'GET' || !REFUSALS.has(error.code)) return;
  const { pathname } = new URL(request.url);
  const { userId, accessTokenId = null } = principal;
  const fullName = findRepositoryName(pathname);
  const operation = findDeniedAction(error);
  app.attemptLog.note({
    action: 'api.refuse',
    // With the action, the row is about the repository, whose page links to an explanation of the refusal.
    ...(fullName !== null && operation !== null
      ? { target: fullName, operation }
      : { target: `${request.method} ${pathname}` }),
    alias: fullName === null ? null : (splitFullName(fullName)?.alias ?? null),
    reason: error.code,
    userId,
    credential: 'access_token',
    accessTokenId,
    ...client,
  });
}

/** Parses `/api/v1/repositories/ALIAS%2FNAME/…`. */
function findRepositoryName(pathname: string): string | null {
  const [, name = ''] = /\/repositories\/([^/]+)/.exec(pathname) ?? [];
  const fullName = name.replaceAll(/%2f/gi, '/');
  return splitFullName(fullName) && fullName;
}

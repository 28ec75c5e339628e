// What of a failed request belongs into the audit: a push or delete that was refused, and credentials that are no good.
import type { IncomingMessage } from 'node:http';
import { findRefusedToken } from '#lib/identity/credentials/refused-token.ts';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import { describeCredentials } from '#lib/distribution/authorization/credentials.ts';
import type { Exchange, DistributionApp } from './distribution-request.ts';

/** Somebody was told that they may not. Other errors say that the request or the site was at fault. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  ...(['unauthenticated', 'forbidden', 'repository_not_found', 'quarantined', 'name_reserved'] as const),
  ...(['unsupported', 'conflict', 'too_large', 'rate_limited', 'quota_exceeded'] as const),
]);

/** Notes its failed logins itself. */
const TOKEN_PATH = /^\/(?:v2\/)?token(?:\?|$)/;

/** Never throws, never waits. */
export function noteRefusal({ app, req, write }: Exchange, error: unknown): void {
  if (!isAppError(error)) return;
  if (write === null) {
    if (TOKEN_PATH.test(req.url ?? '')) return;
    // A bearer token that has expired is how clients learn to get another one.
    const isPassword = /^\s*basic\s/i.test(req.headers.authorization ?? '');
    if (error.code === 'unauthenticated' && isPassword) noteFailedLogin(app, req, error);
    return;
  }
  const { action, fullName, credentials } = write;
  const who = describeCredentials(credentials);
  // Without credentials a client is challenged, and one with a token for something else gets another token.
  const isChallenge = error.code === 'unauthenticated' && (credentials.kind === 'none' || who.userId !== null);
  if (isChallenge || !REFUSALS.has(error.code)) return;
  app.attemptLog.note({
    action: `${action}.refuse`,
    target: targetOf(write),
    reason: error.code,
    alias: fullName.slice(0, fullName.indexOf('/')),
    ...who,
    ...clientOf(req),
  });
}

function targetOf({ fullName, params }: NonNullable<Exchange['write']>): string {
  const { reference, digest } = params;
  if (digest) return `${fullName}@${digest}`;
  if (!reference) return fullName;
  return reference.kind === 'tag' ? `${fullName}:${reference.tag}` : `${fullName}@${reference.digest}`;
}

/** Who it would have been is known of a token that was revoked or has expired. User names are free text, and aren't kept. */
export function noteFailedLogin(app: DistributionApp, req: IncomingMessage, error: unknown): void {
  if (!isAppError(error)) return;
  app.attemptLog.note({
    action: 'login.fail',
    target: '',
    reason: error.code,
    ...findRefusedToken(error),
    ...clientOf(req),
  });
}

export function clientOf(req: IncomingMessage): { address: string | null; userAgent: string | null } {
  return { address: readClientAddress(req), userAgent: req.headers['user-agent'] ?? null };
}

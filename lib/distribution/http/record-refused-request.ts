// Audits failed requests: refused pushes and deletes, and invalid credentials.
import type { IncomingMessage } from 'node:http';
import { findRefusedToken } from '#lib/identity/credentials/refused-token.ts';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import { describeCredentials } from '#lib/distribution/authorization/credentials.ts';
import type { Exchange, DistributionApp } from './distribution-request.ts';

/** Errors that deny a request. All others mean that the request is malformed or the site failed. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  ...(['unauthenticated', 'forbidden', 'repository_not_found', 'quarantined', 'name_reserved'] as const),
  ...(['unsupported', 'conflict', 'too_large', 'rate_limited', 'quota_exceeded'] as const),
]);

/** The token endpoint audits its failed logins itself. */
const TOKEN_PATH = /^\/(?:v2\/)?token(?:\?|$)/;

/** Audits a refused write or a failed login. Never throws or waits. */
export function recordRefusedRequest({ app, req, write }: Exchange, error: unknown): void {
  if (!isAppError(error)) return;
  if (write === null) {
    if (TOKEN_PATH.test(req.url ?? '')) return;
    // Clients routinely send an expired bearer token and then fetch a new one.
    const isPassword = /^\s*basic\s/i.test(req.headers.authorization ?? '');
    if (error.code === 'unauthenticated' && isPassword) recordFailedLogin(app, req, error);
    return;
  }
  const { action, fullName, credentials } = write;
  const who = describeCredentials(credentials);
  // A client without credentials gets a challenge, and one with a token for another scope fetches a new token.
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

/**
 * Audits a failed login. Only a revoked or expired token identifies its user. User names are free text and aren't
 * stored.
 */
export function recordFailedLogin(app: DistributionApp, req: IncomingMessage, error: unknown): void {
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

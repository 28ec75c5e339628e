// What those without an account may ask for in a while. https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeWait } from '#lib/identity/sessions/attempt-keys.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Quota } from '#lib/platform/http/client-limit.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import { notAuthenticated, type Credentials } from '#lib/distribution/authorization/credentials.ts';
import { hostName } from './challenge.ts';
import type { PullRequest, DistributionApp } from './distribution-request.ts';

/**
 * Clients that show their credentials only when they are challenged, and each request anew: without a challenge, being signed in
 * would be of no use to them where everybody may pull. To others 429 says more.
 */
const SHOWS_CREDENTIALS_WHEN_ASKED = /^(?:containerd|buildkit|docker)\//i;

/**
 * Counts the GET of a manifest by somebody without an account, whatever becomes of it: not found or not modified costs as
 * much to find out. HEAD is free, and tells what is left.
 * @throws AppError `rate_limited`; `unauthenticated` for a client that may turn out to have an account
 */
export function limitPull({ app, req, res, credentials }: PullRequest<unknown>): void {
  if (isSignedIn(credentials)) return;
  const address = readClientAddress(req);
  const isHead = req.method === 'HEAD';
  const { isAllowed, quota } = isHead
    ? { isAllowed: true, quota: app.limits.pulls.look(address) }
    : app.limits.pulls.take(address);
  if (quota === null) return;
  setQuota(res, quota);
  if (isAllowed) return;
  const message = refusal(app, quota);
  const isUnknown = credentials.kind === 'none' && SHOWS_CREDENTIALS_WHEN_ASKED.test(req.headers['user-agent'] ?? '');
  if (isUnknown) throw notAuthenticated(message, null);
  throw new AppError('rate_limited', message, { retryAfterSeconds: quota.resetSeconds });
}

function refusal(app: DistributionApp, { limit, resetSeconds }: Quota): string {
  const what = `Your network has had its ${limit} pulls an hour without an account.`;
  return `${what} Sign in with "docker login ${hostName(app)}", or try again in ${describeWait(resetSeconds)}.`;
}

/** A token for nobody, or the answer that credentials are wrong: what can be asked for without an account. */
export function limitTokenRequest(app: DistributionApp, req: IncomingMessage): void {
  const { isAllowed, quota } = app.limits.tokens.take(readClientAddress(req));
  if (isAllowed || quota === null) return;
  const { limit, resetSeconds } = quota;
  const what = `More than ${limit} requests a minute for tokens came from your network without valid credentials.`;
  throw new AppError('rate_limited', `${what} Try again in ${describeWait(resetSeconds)}.`, {
    retryAfterSeconds: resetSeconds,
  });
}

/** By the credentials alone: a pull of what is public reads no account. */
function isSignedIn(credentials: Credentials): boolean {
  return credentials.kind === 'access_token' || (credentials.kind === 'bearer' && credentials.token.userId !== null);
}

/** The last one is Docker Hub's: by what the client was counted. */
function setQuota(res: ServerResponse, { client, limit, windowSeconds, remaining, resetSeconds }: Quota): void {
  res.setHeader('RateLimit-Limit', limit);
  res.setHeader('RateLimit-Remaining', remaining);
  res.setHeader('RateLimit-Reset', resetSeconds);
  res.setHeader('RateLimit-Policy', `${limit};w=${windowSeconds}`);
  res.setHeader('Docker-RateLimit-Source', client);
}

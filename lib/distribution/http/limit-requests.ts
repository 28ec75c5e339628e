// Rate limits for anonymous clients. https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07
import type { IncomingMessage } from 'node:http';
import { describeWait } from '#lib/identity/sessions/attempt-keys.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Quota } from '#lib/platform/http/client-limit.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import { notAuthenticated, type Credentials } from '#lib/distribution/authorization/credentials.ts';
import { hostName } from './challenge.ts';
import type { PullRequest, DistributionApp } from './distribution-request.ts';
import type { RequestLimits } from './request-limits.ts';
import type { Headers } from './respond.ts';

/**
 * Clients that send credentials only after a challenge. Without one, signed-in users would be limited as anonymous on
 * public repositories. Other clients get 429, which is more informative.
 */
const SHOWS_CREDENTIALS_WHEN_ASKED = /^(?:containerd|buildkit|docker)\//i;

/**
 * Counts an anonymous GET of a manifest, even one that ends in 404 or 304. HEAD is free and reports the remaining
 * quota.
 * @throws AppError `rate_limited`; `unauthenticated` for a client that may have credentials
 */
export function limitPull({ app, req, res, credentials }: PullRequest<unknown>): void {
  const { isAllowed, quota } = takePull(app, req, credentials);
  if (quota === null) return;
  for (const [name, value] of Object.entries(quotaHeaders(quota))) res.setHeader(name, value);
  if (isAllowed) return;
  app.counts.limits.pulls += 1;
  const message = refusal(app, quota);
  const isUnknown = credentials.kind === 'none' && SHOWS_CREDENTIALS_WHEN_ASKED.test(req.headers['user-agent'] ?? '');
  if (isUnknown) throw notAuthenticated(message, null);
  throw new AppError('rate_limited', message, { retryAfterSeconds: quota.resetSeconds });
}

/** `quota` is null for a client that isn't limited. */
export type TakenPull = { isAllowed: boolean; quota: Quota | null };

export function takePull(
  { limits }: { limits: RequestLimits },
  req: IncomingMessage,
  credentials: Credentials,
): TakenPull {
  if (isSignedIn(credentials)) return UNLIMITED;
  const address = readClientAddress(req);
  return req.method === 'HEAD' ? { isAllowed: true, quota: limits.pulls.look(address) } : limits.pulls.take(address);
}

const UNLIMITED: TakenPull = { isAllowed: true, quota: null };

function refusal(app: DistributionApp, { limit, resetSeconds }: Quota): string {
  const what = `Your network has had its ${limit} pulls an hour without an account.`;
  return `${what} Sign in with "docker login ${hostName(app)}", or try again in ${describeWait(resetSeconds)}.`;
}

/**
 * Counts a token request that was anonymous or had wrong credentials.
 * @throws AppError `rate_limited`
 */
export function limitTokenRequest(app: DistributionApp, req: IncomingMessage): void {
  const { isAllowed, quota } = app.limits.tokens.take(readClientAddress(req));
  if (isAllowed || quota === null) return;
  app.counts.limits.tokens += 1;
  const { limit, resetSeconds } = quota;
  const what = `More than ${limit} requests a minute for tokens came from your network without valid credentials.`;
  throw new AppError('rate_limited', `${what} Try again in ${describeWait(resetSeconds)}.`, {
    retryAfterSeconds: resetSeconds,
  });
}

/** Decides by the credentials alone, because a public pull doesn't read the account. */
function isSignedIn(credentials: Credentials): boolean {
  return credentials.kind === 'password' || (credentials.kind === 'bearer' && credentials.token.userId !== null);
}

/** `Docker-RateLimit-Source` is Docker Hub's header for the address or network that is counted. */
export function quotaHeaders({ client, limit, windowSeconds, remaining, resetSeconds }: Quota): Headers {
  return {
    'RateLimit-Limit': limit,
    'RateLimit-Remaining': remaining,
    'RateLimit-Reset': resetSeconds,
    'RateLimit-Policy': `${limit};w=${windowSeconds}`,
    'Docker-RateLimit-Source': client,
  };
}

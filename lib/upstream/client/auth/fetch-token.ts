// Fetches a pull token by GET, anonymously or with the upstream's credentials.
// https://distribution.github.io/distribution/spec/auth/token/
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Connections } from '#lib/upstream/client/connections.ts';
import { discardBody } from '#lib/upstream/client/bodies/discard-body.ts';
import { guardBody } from '#lib/upstream/client/bodies/guard-body.ts';
import { readBounded } from '#lib/upstream/client/bodies/read-bounded.ts';
import { readRetryAfter } from '#lib/upstream/client/bodies/read-limits.ts';
import { DEFAULT_RETRY_AFTER_SECONDS, refuseEncoding } from '#lib/upstream/client/check-response.ts';
import type { UpstreamAddress } from '#lib/upstream/client/upstream-client.ts';
import {
  deniedUpstream,
  invalidUpstream,
  rateLimitedUpstream,
  unavailableUpstream,
} from '#lib/upstream/client/upstream-errors.ts';

export type Token = { value: string; expiresAtMs: number };
export type TokenRequest = { upstream: UpstreamAddress; realm: URL; service: string | null; repository: string };

const MAX_BODY_BYTES = 64 * 1024;
const MAX_TOKEN_LENGTH = 16 * 1024;
// RFC 6750 §2.1. Any other character could inject a header.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const BODY = z.object({
  token: z.string().optional().catch(undefined),
  access_token: z.string().optional().catch(undefined),
  expires_in: z.number().positive().optional().catch(undefined),
  issued_at: z.string().optional().catch(undefined),
});

// "If the expires_in is not set, 60 seconds", and never less, for compatibility with older clients.
const MIN_SECONDS = 60;
const MAX_SECONDS = 3_600;
const MARGIN_SECONDS = 30;
/** Ignores `issued_at` from a clock that is further off than this. */
const MAX_SKEW_MS = 5 * 60_000;

type Context = { send: Connections['send']; clock: () => number; idleMs: number };

/** @throws AppError `upstream_denied`, `upstream_rate_limited`, `upstream_unavailable`, `upstream_invalid` */
export async function fetchToken({ send, clock, idleMs }: Context, request: TokenRequest): Promise<Token> {
  const { upstream, realm, service, repository } = request;
  const url = new URL(realm);
  if (service !== null) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const askedMs = clock();
  const response = await send({ url, method: 'GET', kind: 'metadata', headers: basicOf(upstream) });
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    discardBody(response);
    if (status === 429) {
      const seconds = readRetryAfter(response.headers, clock()) ?? DEFAULT_RETRY_AFTER_SECONDS;
      throw rateLimitedUpstream(url.host, seconds);
    }
    if (status >= 500 || status === 408)
      throw unavailableUpstream(url.host, `answered the token request with ${status}`);
    if (status >= 400) throw deniedUpstream(upstream.host, repository, upstream.credentials !== null);
    throw invalidUpstream(`${url.host} answered the token request with ${status}.`);
  }
  refuseEncoding(url.host, response);
  const text = await readText(guardBody(response, { host: url.host, idleMs }), url.host);
  const body = BODY.safeParse(parseJson(text)).data;
  const value = body?.token ?? body?.access_token ?? '';
  if (!body || value.length > MAX_TOKEN_LENGTH || !TOKEN.test(value)) {
    throw invalidUpstream(`${url.host} returned an invalid token.`);
  }
  return { value, expiresAtMs: expiryOf(body, askedMs) };
}

export function basicOf({ credentials }: UpstreamAddress): Record<string, string> {
  if (!credentials) return {};
  const text = `${credentials.username}:${credentials.password}`;
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

function expiryOf(body: z.output<typeof BODY>, askedMs: number): number {
  const seconds = Math.min(Math.max(MIN_SECONDS, body.expires_in ?? MIN_SECONDS), MAX_SECONDS);
  const issuedMs = Date.parse(body.issued_at ?? '');
  const isBelievable = Math.abs(issuedMs - askedMs) <= MAX_SKEW_MS;
  const fromMs = isBelievable ? Math.min(issuedMs, askedMs) : askedMs;
  return fromMs + (seconds - MARGIN_SECONDS) * 1000;
}

async function readText(body: Readable, host: string): Promise<string> {
  const bytes = await readBounded(body, MAX_BODY_BYTES);
  if (!bytes) throw invalidUpstream(`${host} returned an oversized token response.`);
  return bytes.toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

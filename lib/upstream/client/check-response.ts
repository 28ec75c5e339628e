// Decides which responses the caller gets, and maps the others to errors.
import type { IncomingMessage } from 'node:http';
import type { Arrival } from './follow-redirects.ts';
import { readRetryAfter } from '#lib/upstream/client/bodies/read-limits.ts';
import type { UpstreamAddress, UpstreamRequest } from './upstream-client.ts';
import { deniedUpstream, invalidUpstream, rateLimitedUpstream, unavailableUpstream } from './upstream-errors.ts';

export const DEFAULT_RETRY_AFTER_SECONDS = 60;

const DENIED = new Set([401, 403, 451]);

/** Returns when the caller can use the response. @throws AppError otherwise */
export function checkResponse(
  upstream: UpstreamAddress,
  request: UpstreamRequest,
  { response, url }: Arrival,
  nowMs: number,
): void {
  const status = response.statusCode ?? 0;
  const { host } = upstream;
  const retryAfterSeconds = readRetryAfter(response.headers, nowMs);
  if (status === 429) throw rateLimitedUpstream(host, retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS);
  if (status >= 500 || status === 408) {
    const options = retryAfterSeconds === null ? {} : { retryAfterSeconds };
    throw unavailableUpstream(host, `answered ${status}${whereFrom(host, url)}`, options);
  }
  if (DENIED.has(status)) throw deniedUpstream(host, request.repository, upstream.credentials !== null);
  if (!isUsable(status, request)) throw invalidUpstream(`${host} answered with an unexpected status ${status}.`);
  if (status === 200 || status === 206) refuseEncoding(host, response);
}

function isUsable(status: number, { method, headers = {} }: UpstreamRequest): boolean {
  if (status === 200 || status === 404) return true;
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  if (status === 206) return names.includes('range');
  if (status === 304) return names.includes('if-none-match') || names.includes('if-modified-since');
  return method === 'HEAD' && (status === 400 || status === 405);
}

/** Refuses compressed bodies. Digests are of the stored bytes, and decompressing untrusted input is a risk. */
export function refuseEncoding(host: string, { headers }: IncomingMessage): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity';
  const transfer = headers['transfer-encoding']?.trim().toLowerCase() || 'chunked';
  if (encoding === 'identity' && transfer === 'chunked') return;
  throw invalidUpstream(`${host} sent content in an encoding that wasn't requested.`);
}

function whereFrom(host: string, url: URL): string {
  return url.host.endsWith(host) ? '' : ` (via ${url.host})`;
}

// CORS (https://fetch.spec.whatwg.org/#http-cors-protocol). Pages of any origin may read public content, without
// credentials. Requests with credentials and all writes are reserved for programs.
import type { IncomingMessage } from 'node:http';

const READS = ['GET', 'HEAD'];
const READ_HEADERS = 'Accept, Cache-Control, If-Match, If-Modified-Since, If-None-Match, If-Range, Range';
const MAX_AGE_SECONDS = 86_400;

/**
 * Sent with every anonymous read, even without an Origin. Otherwise a cache could serve a page a copy that lacks these
 * headers.
 */
const READABLE = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'Accept-Ranges, Age, Content-Length, Content-Range, Docker-Content-Digest, Docker-Distribution-API-Version, ETag, Link, ' +
    'OCI-Filters-Applied, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, WWW-Authenticate, X-Cache, X-Request-Id',
};
const NOT_READABLE = Object.freeze({});

export function crossOriginHeaders({ method, headers }: IncomingMessage): Record<string, string> {
  return (method === 'GET' || method === 'HEAD') && headers.authorization === undefined ? READABLE : NOT_READABLE;
}

/** Whether this is a preflight for a request that pages of other origins may make. */
export function isAllowedPreflight({ method, headers }: IncomingMessage): boolean {
  const asked = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || headers.origin === undefined || asked === undefined || !READS.includes(asked))
    return false;
  const names = (headers['access-control-request-headers'] ?? '').toLowerCase().split(',');
  return !names.some((name) => name.trim() === 'authorization');
}

export function preflightHeaders(): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': READS.join(', '),
    'Access-Control-Allow-Headers': READ_HEADERS,
    'Access-Control-Max-Age': String(MAX_AGE_SECONDS),
  };
}

// https://fetch.spec.whatwg.org/#http-cors-protocol: pages of any site may read what anybody may, without credentials. What is asked for
// with credentials, and every write, is for programs alone.
import type { IncomingMessage } from 'node:http';

const READS = ['GET', 'HEAD'];
const READ_HEADERS = 'Accept, Cache-Control, If-Match, If-Modified-Since, If-None-Match, If-Range, Range';
const MAX_AGE_SECONDS = 86_400;

/** On answers to anonymous reads, whoever asks: else a cache would give a page what it has kept for somebody who is none. */
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

/** Whether a browser asks, before it sends it, about a request that pages elsewhere may make. */
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

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRequestId } from '#lib/platform/http/requests.ts';
import { crossOriginHeaders } from './cross-origin.ts';

export type Headers = Record<string, string | number | string[]>;

/** Sent with every response. A browser that opens a blob must not run it. */
const COMMON_HEADERS = {
  'Docker-Distribution-API-Version': 'registry/2.0',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
};

/** Bodies up to this size are sent in one write with the head. */
const SMALL_BODY_BYTES = 16 * 1024;

/** Writes all headers in one call. A separate setHeader makes Node process all of them twice. */
export function writeHead(res: ServerResponse, status: number, headers: Headers): ServerResponse {
  const { req } = res;
  return res.writeHead(status, {
    ...COMMON_HEADERS,
    'X-Request-Id': readRequestId(req),
    ...crossOriginHeaders(req),
    ...headers,
  });
}

/** Null `body`: none is sent, and the headers are those of a GET. */
export type HttpAnswer = { status: number; headers: Headers; body: Buffer | string | null };

type EndWithText = (res: ServerResponse, text: string, encoding: 'utf8' | 'latin1') => void;
const endNow: EndWithText = (res, text, encoding) => void res.end(text, encoding);

/** @param endWithText ends a response whose body is small */
export function sendAnswer(res: ServerResponse, { status, headers, body }: HttpAnswer, endWithText = endNow): void {
  writeHead(res, status, body === null ? headers : { 'Content-Length': Buffer.byteLength(body), ...headers });
  // Node writes text together with the head, but a buffer after it. Latin-1 text carries the same bytes.
  if (body === null || typeof body === 'string') endWithText(res, body ?? '', 'utf8');
  else if (body.length <= SMALL_BODY_BYTES) endWithText(res, body.toString('latin1'), 'latin1');
  else res.end(body);
}

export function sendBytes(res: ServerResponse, status: number, headers: Headers, body: Buffer | string = ''): void {
  sendAnswer(res, { status, headers, body });
}

export function sendJson(res: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  sendBytes(res, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(body));
}

export function toETag(digest: string): string {
  return `"${digest}"`;
}

/** Evaluates If-None-Match, a list of possibly weak tags or `*` (RFC 9110 §13.1.2). */
export function isNotModified(req: IncomingMessage, digest: string): boolean {
  const header = req.headers['if-none-match'];
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(toETag(digest));
}

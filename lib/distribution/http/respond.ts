import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRequestId } from '#lib/platform/http/requests.ts';
import { crossOriginHeaders } from './cross-origin.ts';

export type Headers = Record<string, string | number | string[]>;

/** Sent with every answer. A browser that opens a blob must not run it, whoever pushed it. */
const COMMON_HEADERS = {
  'Docker-Distribution-API-Version': 'registry/2.0',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
};

/** Bodies up to this size leave in one piece with the head. */
const SMALL_BODY_BYTES = 16 * 1024;

/** Writes the head with all headers at once: a header that is set by itself makes Node process all of them twice. */
export function writeHead(res: ServerResponse, status: number, headers: Headers): ServerResponse {
  const { req } = res;
  return res.writeHead(status, {
    ...COMMON_HEADERS,
    'X-Request-Id': readRequestId(req),
    ...crossOriginHeaders(req),
    ...headers,
  });
}

/** Body null: none follows, and the headers say what a GET would send. */
export type HttpAnswer = { status: number; headers: Headers; body: Buffer | string | null };

type EndWithText = (res: ServerResponse, text: string, encoding: 'utf8' | 'latin1') => void;
const endNow: EndWithText = (res, text, encoding) => void res.end(text, encoding);

/** @param endWithText ends a response whose body is small */
export function sendAnswer(res: ServerResponse, { status, headers, body }: HttpAnswer, endWithText = endNow): void {
  writeHead(res, status, body === null ? headers : { 'Content-Length': Buffer.byteLength(body), ...headers });
  // Node sends text together with the head, but bytes after it. So bytes go as text with one character for each.
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

/** RFC 9110 §13.1.2: a list of tags, each perhaps weak, or `*`. */
export function isNotModified(req: IncomingMessage, digest: string): boolean {
  const header = req.headers['if-none-match'];
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(toETag(digest));
}

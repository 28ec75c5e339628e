import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers';
import { readRequestId } from '#lib/platform/http/requests.ts';
import { crossOriginHeaders } from './cross-origin.ts';

type Headers = Record<string, string | number | string[]>;

/** On every answer: what a browser is led to here must stay inert, whoever has pushed it. */
const COMMON_HEADERS = {
  'Docker-Distribution-API-Version': 'registry/2.0',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
};

/** Up to so many bytes go out in one piece with the head. */
const SMALL_BODY_BYTES = 16 * 1024;

/** The head of every answer here. All at once: a header that is set by itself makes Node go through all of them twice. */
export function writeHead(res: ServerResponse, status: number, headers: Headers): ServerResponse {
  const { req } = res;
  return res.writeHead(status, {
    ...COMMON_HEADERS,
    'X-Request-Id': readRequestId(req),
    ...crossOriginHeaders(req),
    ...headers,
  });
}

export function sendBytes(res: ServerResponse, status: number, headers: Headers, body: Buffer | string = ''): void {
  writeHead(res, status, { 'Content-Length': Buffer.byteLength(body), ...headers });
  // As text that has a character for each byte: Node writes text together with the head, but bytes after it.
  if (typeof body === 'string') end(res, body);
  else if (body.length <= SMALL_BODY_BYTES) end(res, body.toString('latin1'), 'latin1');
  else res.end(body);
}

/**
 * When everything that has come was looked at: what is answered by then leaves in one go. A proxy on this machine, or whoever else has
 * asked for several, is woken once for all of it, which costs more than to make an answer.
 */
export function end(res: ServerResponse, text = '', encoding: 'utf8' | 'latin1' = 'utf8'): void {
  if (ending.length === 0) setImmediate(endAll);
  ending.push({ res, text, encoding });
}

let ending: { res: ServerResponse; text: string; encoding: 'utf8' | 'latin1' }[] = [];

function endAll(): void {
  const all = ending;
  ending = [];
  for (const { res, text, encoding } of all) res.end(text, encoding);
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

// What every edge needs of a request before it looks at it, and the plainest of answers.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

/** What the edges may trust: set here, whatever the client sent under these names. */
export function stampRequest(req: IncomingMessage, res: ServerResponse, { proxyCount }: { proxyCount: number }): void {
  const requestId = randomUUID();
  req.headers['x-request-id'] = requestId;
  req.headers['x-client-address'] = findClientAddress(req, proxyCount);
  res.setHeader('X-Request-Id', requestId);
}

/** Each proxy appends whom it heard from: only as many entries as there are proxies of ours, from the end, can be believed. */
export function findClientAddress(req: IncomingMessage, proxyCount: number): string {
  const forwarded = String(req.headers['x-forwarded-for'] ?? '').split(',');
  const address = proxyCount > 0 ? (forwarded.at(-proxyCount)?.trim() ?? '') : '';
  return isIP(address) ? address : (req.socket.remoteAddress ?? '');
}

/** As stampRequest found it. */
export function readClientAddress(req: IncomingMessage): string | null {
  const stamped = req.headers['x-client-address'];
  return typeof stamped === 'string' && stamped ? stamped : (req.socket.remoteAddress ?? null);
}

/** False for malformed percent-escapes, which Next would answer with 500. */
export function isDecodable(url: string): boolean {
  try {
    decodeURI(url);
    return true;
  } catch {
    return false;
  }
}

export function answerText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

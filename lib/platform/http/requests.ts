// What every edge needs of a request before it looks at it, and the plainest of answers.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

/** What the edges may trust: set here, whatever the client sent under these names. */
export function stampRequest(req: IncomingMessage, { proxyCount }: { proxyCount: number }): void {
  req.headers['x-request-id'] = randomUUID();
  req.headers['x-client-address'] = findClientAddress(req, proxyCount);
}

/** As stampRequest gave it. */
export function readRequestId(req: IncomingMessage): string {
  return String(req.headers['x-request-id']);
}

/** Each proxy appends whom it heard from: only as many entries as there are proxies of ours, from the end, can be believed. */
export function findClientAddress(req: IncomingMessage, proxyCount: number): string {
  const own = req.socket.remoteAddress ?? '';
  if (proxyCount === 0) return own;
  const address =
    String(req.headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-proxyCount)
      ?.trim() ?? '';
  return isIP(address) ? address : own;
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
